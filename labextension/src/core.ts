import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';

// eslint-disable-next-line jupyter/prefer-lazy-imports -- every other plugin needs it at once
import { Mage } from './model';
import { IMage } from './tokens';

/** Keeps what is known of the server side, for all the other plugins. */
export const core: JupyterFrontEndPlugin<IMage> = {
  id: 'mage-jlab:core',
  description:
    'Keeps projects, pipelines, runs, triggers and the engine up to date for all views.',
  autoStart: true,
  provides: IMage,
  activate: (app: JupyterFrontEnd): IMage => new Mage(app.serviceManager)
};
