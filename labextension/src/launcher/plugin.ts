import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

// eslint-disable-next-line jupyter/prefer-lazy-imports -- the launcher shows it from the start
import { notebookIcon } from '../ui';

const COMMAND = 'mage-jlab:pipeline-from-notebook';

/** Offers a first pipeline in the launcher. */
export const launcher: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:launcher',
  description: 'Offers in the launcher to write a pipeline in a notebook.',
  autoStart: true,
  requires: [ILauncher],
  optional: [ITranslator, IDefaultFileBrowser],
  activate: (
    app: JupyterFrontEnd,
    cards: ILauncher,
    translator: ITranslator | null,
    browser: IDefaultFileBrowser | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    const { commands, shell } = app;
    commands.addCommand(COMMAND, {
      label: trans.__('Pipeline from a notebook'),
      caption: trans.__(
        'Open a new notebook, with the list of its blocks beside it'
      ),
      icon: notebookIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            cwd: {
              type: 'string',
              description: trans.__('The folder of the new notebook')
            }
          }
        }
      },
      execute: async args => {
        const cwd =
          typeof args.cwd === 'string' ? args.cwd : browser?.model.path;
        await commands.execute('notebook:create-new', {
          cwd: cwd ?? '',
          kernelName: 'python3'
        });
        shell.activateById('mage-jlab-rail');
      }
    });
    cards.add({ command: COMMAND, category: trans.__('Pipelines'), rank: 2 });
  }
};
