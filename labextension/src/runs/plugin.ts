import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, IMage } from '../tokens';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the layout is restored through it at once
import { Opener } from '../ui';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- tabs are restored with it at once
import { type IRunArgs, RunView } from './view';

/** Opens a run: its blocks, times, error, products and log. */
export const runView: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:run-view',
  description: 'Shows a run with its blocks, times, log, error and products.',
  autoStart: true,
  requires: [IMage],
  optional: [
    ITranslator,
    ILayoutRestorer,
    IEditorLanguageRegistry,
    IRenderMimeRegistry
  ],
  activate: (
    app: JupyterFrontEnd,
    mage: IMage,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    languages: IEditorLanguageRegistry | null,
    registry: IRenderMimeRegistry | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    const context = { mage, commands: app.commands, trans };
    const command = CommandIDs.openRun;
    const opener = new Opener<IRunArgs>({
      app,
      command,
      restorer,
      key: args => args.run,
      make: args => new RunView(args, context, languages, registry)
    });
    app.commands.addCommand(command, {
      label: trans.__('Open Run'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            run: { type: 'string' },
            block: { type: 'string' }
          },
          required: ['run']
        }
      },
      execute: args => {
        const view = opener.open({ run: args['run'] as string });
        const block = args['block'];
        if (typeof block === 'string' && view instanceof RunView) {
          view.state.pick(block);
        }
      }
    });
  }
};
