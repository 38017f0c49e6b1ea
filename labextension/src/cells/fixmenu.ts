import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import type { Diagnostic } from '../contract';
import type { FixKind } from './fixes';
import {
  bindsLiteral,
  kindOf,
  lineThatBinds,
  moveLine,
  nameAt,
  origin
} from './fixes';
import { goTo } from './navigate';
import { blockTypeOf, isParameters, setBlockType, cellsOf } from '../model';
import type { Workbench } from '../model';
import { openTypeMenu } from './picker';

/** What a fix needs to be carried out. */
interface IFixContext {
  panel: NotebookPanel;
  workbench: Workbench;
  diagnostic: Diagnostic;
  trans: TranslationBundle;
}

/**
 * Open the menu of a diagnostic's fixes below a button; the first, the safest, is chosen by Enter.
 */
export function openFixMenu(context: IFixContext, button: HTMLElement): Menu {
  const { diagnostic, trans, workbench } = context;
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  menu.addClass('mage-FixMenu');
  const fixes = diagnostic.fixes.map(fix => ({ fix, kind: kindOf(fix) }));
  const goes = fixes.filter(({ kind }) => kind === 'go');
  const others = fixes.filter(({ kind }) => kind !== 'go');
  const offer = (fix: string, kind: FixKind): void => {
    const id = `mage-jlab:fix-${menu.items.length}`;
    commands.addCommand(id, {
      label: fix,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => carryOut(context, fix, kind)
    });
    menu.addItem({ command: id });
  };
  others.forEach(({ fix, kind }) => offer(fix, kind));
  if (goes.length > 0) {
    menu.addItem({ type: 'separator' });
    goes.forEach(({ fix, kind }) => offer(fix, kind));
  } else if (origin(workbench, diagnostic) !== null) {
    menu.addItem({ type: 'separator' });
    offer(trans.__('Go to the cell that computes it'), 'go');
  }
  menu.aboutToClose.connect(() => {
    // The command of the chosen item runs after the menu has closed.
    window.setTimeout(() => menu.dispose(), 0);
  });
  const { right, bottom } = button.getBoundingClientRect();
  menu.open(right - 310, bottom + 4);
  menu.activeIndex = 0;
  return menu;
}

async function carryOut(
  context: IFixContext,
  fix: string,
  kind: FixKind
): Promise<void> {
  const { diagnostic, panel, trans, workbench } = context;
  const from = origin(workbench, diagnostic);
  if (from !== null && kind === 'go') {
    await goTo(panel, { cell: from.id });
    return;
  }
  if (from !== null && kind === 'tag') {
    await goTo(panel, { cell: from.id });
    setBlockType(from, 'transformer');
    const cell = panel.content.activeCell;
    if (cell !== null && blockTypeOf(from) !== null) {
      const { left, top } = cell.node.getBoundingClientRect();
      openTypeMenu(cell, trans, left + 100, top + 30);
    }
    return;
  }
  const moved =
    (kind === 'move' || kind === 'parameter') && tryToMove(context, kind);
  if (!moved) {
    await goTo(panel, {
      cell: diagnostic.cell_id,
      line: diagnostic.line,
      column: diagnostic.column
    });
    Notification.info(
      trans.__('%1: edit the cell. The caret stands at the place.', fix),
      { autoClose: 8000 }
    );
  }
}

/** Move the line that binds the name into the block, or among the runtime variables, where that is safe. */
function tryToMove(context: IFixContext, kind: 'move' | 'parameter'): boolean {
  const { diagnostic, workbench } = context;
  const here = workbench.cell(diagnostic.cell_id);
  const from = origin(workbench, diagnostic);
  const to =
    kind === 'move'
      ? here
      : (cellsOf(workbench.model).find(isParameters) ?? null);
  if (here === null || from === null || to === null) {
    return false;
  }
  const source = from.sharedModel.getSource();
  const name = nameAt(diagnostic, here.sharedModel.getSource());
  const line = lineThatBinds(name, source);
  const literal = line >= 0 && bindsLiteral(source.split('\n')[line]);
  if (line < 0 || (kind === 'parameter' && !literal)) {
    return false;
  }
  moveLine(from, line, to, kind === 'move' ? 'start' : 'end');
  return true;
}
