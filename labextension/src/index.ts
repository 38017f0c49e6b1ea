import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { cells, workbenches } from './cells';
import { core } from './core';
import { pipelineView } from './graph';
import { sidebar } from './sidebar';

/** The plugins of mage_jlab: one a concern, so that each can be switched off. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [
  core,
  workbenches,
  cells,
  sidebar,
  pipelineView
];

export default plugins;
