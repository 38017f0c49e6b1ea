import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

/** The plugins of mage_jlab: one a concern, so that each can be switched off. */
const plugins: JupyterFrontEndPlugin<unknown>[] = [];

export default plugins;
