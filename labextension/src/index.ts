import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import { status } from './status';
import { rail } from './rail';
import { launcher } from './launcher';
import { links } from './links';
import { blocks } from './blocks';
import { exporter } from './export';
import { cells, workbenches } from './cells';
import { core } from './core';
import { pipelineView } from './graph';
import { sidebar } from './sidebar';
import { runView } from './runs';
import { productView } from './products';
import { triggerEditor } from './triggers';
import { turning } from './turning';
import { notifications } from './notifications';
import { running } from './running';

/** The plugins of mage_jlab: one a concern, so that each can be switched off. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [
  core,
  workbenches,
  cells,
  sidebar,
  pipelineView,
  blocks,
  runView,
  productView,
  triggerEditor,
  notifications,
  running,
  rail,
  turning,
  exporter,
  status,
  launcher,
  links
];

export default plugins;
