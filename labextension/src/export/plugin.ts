import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, IMage, IWorkbenches } from '../tokens';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the layout is restored through it at once
import { Opener } from '../ui';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- a toolbar's factory answers at once
import { PipelineButtons } from './buttons';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- palette and keys need the commands from the start
import { addExportCommands } from './commands';
import type { ExportArgs } from './panel';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- a restored tab is made at once
import { ExportPanel } from './panel';

const COMMAND = 'mage-jlab:open-export';

/** Exports notebooks, with the diff first, and runs their pipelines. */
export const exporter: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:export',
  description:
    'Exports notebooks to block files, with the diff first, and runs their pipelines.',
  autoStart: true,
  requires: [IMage, IWorkbenches],
  optional: [
    ITranslator,
    IToolbarWidgetRegistry,
    ICommandPalette,
    ILayoutRestorer,
    IEditorLanguageRegistry
  ],
  activate: (
    app: JupyterFrontEnd,
    mage: IMage,
    workbenches: IWorkbenches,
    translator: ITranslator | null,
    toolbars: IToolbarWidgetRegistry | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    languages: IEditorLanguageRegistry | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    const { commands } = app;
    const context = { mage, commands, trans };
    const opener = new Opener<ExportArgs>({
      app,
      command: COMMAND,
      restorer,
      key: args => args.path,
      make: args => new ExportPanel(args, context, workbenches, languages)
    });
    const open = (path: string): ExportPanel =>
      opener.open({ path }) as ExportPanel;
    commands.addCommand(COMMAND, {
      label: trans.__('Open an export preview'),
      describedBy: {
        args: {
          type: 'object',
          properties: { path: { type: 'string' } },
          required: ['path']
        }
      },
      execute: args => {
        open(args.path as string);
      }
    });
    addExportCommands(app, context, workbenches, open);
    toolbars?.addFactory<NotebookPanel>(
      'Notebook',
      'mage-pipeline',
      panel => new PipelineButtons(panel, workbenches, context)
    );
    const category = trans.__('Pipelines');
    const command = CommandIDs.runPipeline;
    palette?.addItem({ command: CommandIDs.exportNotebook, category });
    for (const part of ['all', 'upto', 'from', 'block']) {
      palette?.addItem({ command, args: { part }, category });
    }
  }
};
