/** What JupyterLab and Yjs print by themselves where there is no browser; nothing else is silenced. */
const KNOWN = [
  // Printed when @jupyterlab/apputils is loaded: jsdom has no clipboard.
  'Clipboard API not available',
  // Printed by @jupyter/ydoc while a notebook's model takes its cells in.
  'Invalid access: Add Yjs type to a document before reading data.',
  '[yjs#509] Not same Y.Doc'
];

const warn = console.warn.bind(console);

console.warn = (...said: unknown[]): void => {
  const [first] = said;
  if (!(typeof first === 'string' && KNOWN.includes(first.trim()))) {
    warn(...said);
  }
};
