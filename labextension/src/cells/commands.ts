import type { JupyterFrontEnd } from '@jupyterlab/application';
import { InputDialog, Notification } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import { sentence } from '../client';
import type { BlockType, Diagnostic } from '../contract';
import type { IMage, IWorkbenches } from '../tokens';
import { CommandIDs } from '../tokens';
import { BLOCK_TYPES, typeWord } from '../ui';
import { goTo } from './navigate';
import { openTypeMenu } from './picker';
import { blockTypeOf, givenName, setBlockType, setGivenName } from '../model';
import type { Workbench } from '../model';

/** The ids of the commands that cells alone use. */
export namespace CellCommandIDs {
  /** Open the menu of types on the active cell. */
  export const pickType = 'mage-jlab:pick-block-type';

  /** Ask for the active block's name. */
  export const rename = 'mage-jlab:rename-block';

  /** Go to the next problem. */
  export const nextProblem = 'mage-jlab:next-problem';

  /** Go to the previous problem. */
  export const previousProblem = 'mage-jlab:previous-problem';

  /** Tag all cells by guess. */
  export const tagAll = 'mage-jlab:tag-all';
}

const NO_ARGS = { args: { type: 'object', properties: {} } };

/** Add the commands that make cells blocks, name them and walk through their problems. */
export function addCellCommands(
  app: JupyterFrontEnd,
  mage: IMage,
  workbenches: IWorkbenches,
  trans: TranslationBundle
): void {
  const { commands } = app;
  const activeCell = (): Cell | null => {
    const cell = workbenches.panel?.content.activeCell ?? null;
    return cell?.model.type === 'code' ? cell : null;
  };
  const activeBlock = (): Cell | null => {
    const cell = activeCell();
    return cell && blockTypeOf(cell.model) ? cell : null;
  };
  const hasProblems = (): boolean => problems(workbenches.current).length > 0;

  commands.addCommand(CommandIDs.setBlockType, {
    label: args => {
      const type = BLOCK_TYPES.find(known => known === args.type);
      return type
        ? trans.__('Block type: %1', typeWord(type, trans))
        : trans.__('Block type: not a block');
    },
    caption: trans.__('Make the active cell a block of this type'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          type: {
            type: ['string', 'null'],
            description: trans.__(
              'The type, such as transformer; null for no block'
            )
          }
        }
      }
    },
    isEnabled: () => activeCell() !== null,
    execute: args => {
      const type = args.type as BlockType | null | undefined;
      const cell = activeCell();
      if (cell && (!type || BLOCK_TYPES.includes(type))) {
        setBlockType(cell.model, type ?? null);
      }
    }
  });

  commands.addCommand(CellCommandIDs.pickType, {
    label: trans.__('Pick the block type of the cell…'),
    describedBy: NO_ARGS,
    isEnabled: () => activeCell() !== null,
    execute: () => {
      const cell = activeCell();
      if (cell) {
        const area = cell.editorWidget?.node ?? cell.node;
        const { right, top } = area.getBoundingClientRect();
        openTypeMenu(cell, trans, right - 260, top + 28);
      }
    }
  });

  commands.addCommand(CellCommandIDs.rename, {
    label: trans.__('Rename the block…'),
    describedBy: NO_ARGS,
    isEnabled: () => activeBlock() !== null,
    execute: async () => {
      const cell = activeBlock();
      if (cell === null) {
        return;
      }
      const block = workbenches.current?.block(cell.model.id);
      const answer = await InputDialog.getText({
        title: trans.__('Name of the block'),
        text: givenName(cell.model) ?? block?.name ?? '',
        okLabel: trans.__('Rename block'),
        placeholder: trans.__('Empty: the name follows from the code')
      });
      if (answer.button.accept && !cell.isDisposed) {
        setGivenName(cell.model, (answer.value ?? '').trim());
      }
    }
  });

  const walk = (id: string, label: string, step: 1 | -1): void => {
    commands.addCommand(id, {
      label,
      describedBy: NO_ARGS,
      isEnabled: hasProblems,
      execute: () => {
        const { panel, current } = workbenches;
        return panel && current ? nextProblem(panel, current, step) : null;
      }
    });
  };
  walk(CellCommandIDs.nextProblem, trans.__('Next problem'), 1);
  walk(CellCommandIDs.previousProblem, trans.__('Previous problem'), -1);

  commands.addCommand(CellCommandIDs.tagAll, {
    label: trans.__('Turn this notebook into a pipeline…'),
    caption: trans.__(
      'Tag each cell that does something as a block, with the type that fits its code'
    ),
    describedBy: NO_ARGS,
    isEnabled: () => workbenches.current !== null,
    execute: async () => {
      const workbench = workbenches.current;
      if (workbench === null) {
        return;
      }
      try {
        await tagAll(mage, workbench);
      } catch (error) {
        Notification.error(sentence(error));
      }
    }
  });
}

/** List a notebook's errors and warnings, in the order of its cells. */
export function problems(workbench: Workbench | null): Diagnostic[] {
  return (workbench?.diagnostics() ?? [])
    .filter(({ severity }) => severity !== 'info')
    .sort((a, b) => a.index - b.index || (a.line ?? 0) - (b.line ?? 0));
}

/** Go to the problem after (or before) the active cell, round the end of the notebook. */
async function nextProblem(
  panel: NotebookPanel,
  workbench: Workbench,
  step: 1 | -1
): Promise<void> {
  const cells = [...new Set(problems(workbench).map(p => p.cell_id))];
  const ids = panel.content.widgets.map(cell => cell.model.id);
  const here = panel.content.activeCellIndex;
  const places = cells.map(id => ids.indexOf(id)).filter(at => at >= 0);
  if (places.length === 0) {
    return;
  }
  const next =
    step === 1
      ? (places.find(at => at > here) ?? places[0])
      : ([...places].reverse().find(at => at < here) ??
        places[places.length - 1]);
  await goTo(panel, { cell: ids[next] });
}

/** Tag the cells as the server side guesses them, through the live model. */
async function tagAll(mage: IMage, workbench: Workbench): Promise<void> {
  const guesses = await mage.client.notebooks.guess(
    workbench.path,
    workbench.content()
  );
  workbench.model.sharedModel.transact(() => {
    for (const guess of guesses) {
      const cell = workbench.cell(guess.cell_id);
      if (cell && guess.type && blockTypeOf(cell) === null) {
        setBlockType(cell, guess.type);
      }
    }
  });
}
