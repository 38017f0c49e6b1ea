const jestJupyterLab = require('@jupyterlab/testutils/lib/jest-config');

const esModules = [
  '@codemirror',
  '@jupyter/ydoc',
  '@jupyter/react-components',
  '@jupyter/web-components',
  '@jupyterlab/',
  '@microsoft',
  '@tanstack',
  '@xyflow',
  '@dagrejs',
  'd3-.*',
  'exenv-es6',
  'lib0',
  'nanoid',
  'vscode-ws-jsonrpc',
  'y-protocols',
  'y-websocket',
  'yjs'
].join('|');

const baseConfig = jestJupyterLab(__dirname);

module.exports = {
  ...baseConfig,
  automock: false,
  collectCoverage: false,
  setupFiles: [
    ...(baseConfig.setupFiles ?? []),
    '<rootDir>/tests/frontend/quiet.ts'
  ],
  testRegex: 'tests/frontend/.*\\.spec\\.tsx?$',
  testPathIgnorePatterns: ['/node_modules/', '/lib/'],
  modulePathIgnorePatterns: [
    '<rootDir>/mage_jlab/labextension',
    '<rootDir>/.venv',
    '<rootDir>/lib'
  ],
  transformIgnorePatterns: [`/node_modules/(?!${esModules}).+`]
};
