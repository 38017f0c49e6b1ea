import { CommandRegistry } from '@lumino/commands';
import { Menu } from '@lumino/widgets';

import type { Diagnostic, Fix } from '../contract';
import type { IMending } from './mending';
import { kindOf, mend } from './mending';

/**
 * Open the menu of a diagnostic's fixes below a button; the first, the safest, is chosen by Enter.
 */
export function openFixMenu(
  mending: IMending,
  diagnostic: Diagnostic,
  button: HTMLElement
): Menu {
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  menu.addClass('mage-FixMenu');
  const offer = (fix: Fix): void => {
    const id = `mage-jlab:fix-${menu.items.length}`;
    commands.addCommand(id, {
      label: fix.title,
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => mend(mending, diagnostic, fix)
    });
    if (menu.items.length === 0) {
      // Only shown: the menu itself knows the key.
      commands.addKeyBinding({
        command: id,
        keys: ['Enter'],
        selector: '.mage-FixMenu'
      });
    }
    menu.addItem({ command: id });
  };
  const mends = diagnostic.repairs.filter(fix => kindOf(fix) !== 'go');
  const goes = diagnostic.repairs.filter(fix => kindOf(fix) === 'go');
  mends.forEach(offer);
  if (mends.length > 0 && goes.length > 0) {
    menu.addItem({ type: 'separator' });
  }
  goes.forEach(offer);
  menu.aboutToClose.connect(() => {
    // The command of the chosen item runs after the menu has closed.
    window.setTimeout(() => menu.dispose(), 0);
  });
  const { right, bottom } = button.getBoundingClientRect();
  menu.open(right - 310, bottom + 4);
  menu.activeIndex = 0;
  return menu;
}
