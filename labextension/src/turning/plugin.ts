import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, IMage, IWorkbenches } from '../tokens';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the layout is restored through it at once
import { Opener } from '../ui';
import type { TurningArgs } from './panel';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- a restored tab is made at once
import { TurningPanel } from './panel';

/** Turns a whole notebook into a pipeline, with a preview that can be changed first. */
export const turning: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:turning',
  description:
    'Turns a whole notebook into a pipeline, with a preview that can be changed first.',
  autoStart: true,
  requires: [IMage, IWorkbenches],
  optional: [
    ITranslator,
    ICommandPalette,
    ILayoutRestorer,
    IEditorLanguageRegistry
  ],
  activate: (
    app: JupyterFrontEnd,
    mage: IMage,
    workbenches: IWorkbenches,
    translator: ITranslator | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    languages: IEditorLanguageRegistry | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    const { commands } = app;
    const context = { mage, commands, trans };
    const command = CommandIDs.turnNotebook;
    const opener = new Opener<TurningArgs>({
      app,
      command,
      restorer,
      key: args => args.path,
      make: args => new TurningPanel(args, context, workbenches, languages)
    });
    commands.addCommand(command, {
      label: trans.__('Turn this notebook into a pipeline…'),
      caption: trans.__(
        'Show which block each cell would become, to change before anything is done'
      ),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            path: {
              type: 'string',
              description: trans.__('The notebook; by default the current one')
            }
          }
        }
      },
      isEnabled: args =>
        typeof args.path === 'string' || workbenches.current !== null,
      execute: args => {
        const path =
          typeof args.path === 'string' ? args.path : workbenches.current?.path;
        if (path) {
          opener.open({ path });
        }
      }
    });
    palette?.addItem({ command, category: trans.__('Pipelines') });
  }
};
