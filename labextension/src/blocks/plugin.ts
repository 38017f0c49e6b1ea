import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, IMage } from '../tokens';

/** Makes blocks from templates. */
export const blocks: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:blocks',
  description: 'Makes blocks from templates.',
  autoStart: true,
  requires: [IMage],
  optional: [ITranslator, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    mage: IMage,
    translator: ITranslator | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    const { commands } = app;
    const command = CommandIDs.newBlock;
    commands.addCommand(command, {
      label: trans.__('New Block…'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            project: { type: 'string' },
            pipeline: { type: 'string' },
            upstream: { type: 'array', items: { type: 'string' } }
          }
        }
      },
      isEnabled: () => mage.connection.online && mage.projects.current !== null,
      execute: async args => {
        const project =
          (args['project'] as string | undefined) ?? mage.projects.current?.id;
        if (project === undefined) {
          return;
        }
        const { NewBlockDialog } = await import('./dialog');
        const dialog = new NewBlockDialog(
          {
            project,
            pipeline: args['pipeline'] as string | undefined,
            upstream: args['upstream'] as string[] | undefined
          },
          { mage, commands, trans }
        );
        await dialog.launch();
        const made = dialog.made;
        dialog.dispose();
        if (made) {
          const path = await mage.projects.pathOf(project, made.file);
          await commands.execute('docmanager:open', {
            path,
            factory: 'Editor'
          });
        }
      }
    });
    palette?.addItem({ command, category: trans.__('Pipelines') });
  }
};
