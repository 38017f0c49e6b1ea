import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, IMage, IWorkbenches } from '../tokens';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the palette lists the types from the start
import { BLOCK_TYPES } from '../ui';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- palette and keys need the commands from the start
import { addCellCommands, CellCommandIDs } from './commands';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- a toolbar's factory answers at once
import { TypePicker } from './picker';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- other plugins need it at once
import { Workbenches } from './workbenches';

/** Analyses the open notebooks while they are written. */
export const workbenches: JupyterFrontEndPlugin<IWorkbenches> = {
  id: 'mage-jlab:workbenches',
  description:
    'Analyses the open notebooks as pipelines, while they are written.',
  autoStart: true,
  requires: [INotebookTracker, IMage],
  provides: IWorkbenches,
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    mage: IMage
  ): IWorkbenches => {
    const { contents } = app.serviceManager;
    return new Workbenches(tracker, mage, path => contents.localPath(path));
  }
};

/** Draws blocks in notebooks: the type picker, the line, the edge, the problems and their fixes. */
export const cells: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:cells',
  description:
    'Shows which cells are blocks, what flows between them, and what stops an export.',
  autoStart: true,
  requires: [IMage, IWorkbenches],
  optional: [ITranslator, IToolbarWidgetRegistry, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    mage: IMage,
    benches: IWorkbenches,
    translator: ITranslator | null,
    toolbars: IToolbarWidgetRegistry | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    toolbars?.addFactory<Cell>(
      'Cell',
      'mage-block-type',
      cell =>
        new TypePicker(cell, trans, () => {
          const args = { part: 'block' };
          void app.commands.execute(CommandIDs.runPipeline, args);
        })
    );
    addCellCommands(app, mage, benches, trans);

    const decorate = async (
      _: unknown,
      panel: NotebookPanel
    ): Promise<void> => {
      const [{ decoratePanel }, { showDrift }] = await Promise.all([
        import('./decorator'),
        import('./drift')
      ]);
      const workbench = benches.of(panel);
      if (workbench && !panel.isDisposed) {
        const client = mage.client.notebooks;
        decoratePanel({ panel, workbench, client, trans }, (cell, kind) =>
          showDrift(app.commands, workbench, cell, kind)
        );
      }
    };
    benches.added.connect((sender, panel) => void decorate(sender, panel));

    const category = trans.__('Pipelines');
    for (const type of [...BLOCK_TYPES, null]) {
      const command = CommandIDs.setBlockType;
      palette?.addItem({ command, args: { type }, category });
    }
    for (const command of Object.values(CellCommandIDs)) {
      palette?.addItem({ command, category });
    }
  }
};
