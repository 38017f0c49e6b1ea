import type { JupyterFrontEnd } from '@jupyterlab/application';
import { InputDialog } from '@jupyterlab/apputils';
import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { BlockType, Diagnostic } from '../contract';
import type { IMage, IWorkbenches } from '../tokens';
import { CommandIDs } from '../tokens';
import { BLOCK_TYPES, typeWord } from '../ui';
import { automaticOf, mendAll } from './mending';
import { goTo } from './navigate';
import { openCellMenu } from './typemenu';
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

  /** Carry out all fixes that leave no choice. */
  export const mendAll = 'mage-jlab:mend-all';
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
        openCellMenu(cell, trans, right - 260, top + 28);
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

  commands.addCommand(CellCommandIDs.mendAll, {
    label: trans.__('Fix all problems that leave no choice'),
    caption: trans.__(
      'Carry out each fix that the notebook gives the same after, as one step of Undo'
    ),
    describedBy: NO_ARGS,
    isEnabled: () =>
      (workbenches.current?.diagnostics() ?? []).some(
        one => automaticOf(one) !== null
      ),
    execute: async () => {
      const { panel, current } = workbenches;
      if (panel && current) {
        const client = mage.client.notebooks;
        await mendAll({ panel, workbench: current, client, trans });
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
