import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import type { BlockType } from '../contract';
import { blockTypeOf, setBlockType } from '../model';
import { BLOCK_TYPES, typeWord } from '../ui';
import { typeIcon } from './icon';

/** What a code cell can be: a block of a type, the runtime variables, or neither. */
export type CellRole = BlockType | 'parameters' | null;

/** What a menu of types offers, and where it stands. */
export interface ITypeMenu {
  /** What the cell is now. */
  now: CellRole;

  /** Called with what it becomes. */
  onPick: (role: CellRole) => void;

  /** Whether the cell can become that of the runtime variables. */
  parameters?: boolean;

  /** The word for a cell that is no block. */
  none: string;

  /** Where the menu's left edge stands in the page. */
  x: number;

  /** Where the menu's upper edge stands in the page. */
  y: number;
}

/** Open the menu of block types: arrows, a first letter and Enter choose in it. */
export function openTypeMenu(
  options: ITypeMenu,
  trans: TranslationBundle
): Menu {
  const { now, onPick } = options;
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  menu.addClass('mage-TypeMenu');
  const offer = (role: CellRole, label: string): void => {
    const id = `mage-jlab:tag-${role ?? 'none'}`;
    commands.addCommand(id, {
      label,
      describedBy: { args: { type: 'object', properties: {} } },
      icon: role === null || role === 'parameters' ? undefined : typeIcon(role),
      isToggleable: true,
      isToggled: () => now === role,
      execute: () => onPick(role)
    });
    menu.addItem({ command: id });
  };
  for (const type of BLOCK_TYPES) {
    offer(type, typeWord(type, trans));
  }
  menu.addItem({ type: 'separator' });
  if (options.parameters) {
    offer('parameters', trans.__('Parameters'));
  }
  offer(null, options.none);
  menu.aboutToClose.connect(() => {
    // The command of the chosen item runs after the menu has closed.
    window.setTimeout(() => menu.dispose(), 0);
  });
  menu.open(options.x, options.y);
  const chosen = menu.items.findIndex(
    item => item.command === `mage-jlab:tag-${now ?? 'none'}`
  );
  menu.activeIndex = now === null ? 0 : Math.max(0, chosen);
  return menu;
}

/** Open the menu of block types for a cell of an open notebook. */
export function openCellMenu(
  cell: Cell,
  trans: TranslationBundle,
  x: number,
  y: number
): Menu {
  const { model } = cell;
  return openTypeMenu(
    {
      now: blockTypeOf(model),
      onPick: role => setBlockType(model, role === 'parameters' ? null : role),
      none: trans.__('Not a block'),
      x,
      y
    },
    trans
  );
}
