import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, IMage } from '../tokens';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the layout is restored through it at once
import { Opener } from '../ui';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- menus are there from the start
import { addBlockMenu } from './menus';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- its heavy part, the graph, is lazy itself
import { type IPipelineArgs, PipelineView } from './view';

/** Opens a pipeline as a graph with live states. */
export const pipelineView: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:pipeline-view',
  description: 'Shows a pipeline as a graph with live states, and runs it.',
  autoStart: true,
  requires: [IMage],
  optional: [ITranslator, ILayoutRestorer, IEditorLanguageRegistry],
  activate: (
    app: JupyterFrontEnd,
    mage: IMage,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    languages: IEditorLanguageRegistry | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    const context = { mage, commands: app.commands, trans };
    const command = CommandIDs.openPipeline;
    const opener = new Opener<IPipelineArgs>({
      app,
      command,
      restorer,
      key: args => `${args.project}-${args.pipeline}`,
      make: args => new PipelineView(args, context, languages)
    });
    app.commands.addCommand(command, {
      label: trans.__('Open Pipeline'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            project: { type: 'string' },
            pipeline: { type: 'string' },
            block: { type: 'string' }
          },
          required: ['project', 'pipeline']
        }
      },
      execute: args => {
        const view = opener.open({
          project: args['project'] as string,
          pipeline: args['pipeline'] as string
        });
        const block = args['block'];
        if (typeof block === 'string' && view instanceof PipelineView) {
          view.state.select(block);
        }
      }
    });
    addBlockMenu(app, context);
  }
};
