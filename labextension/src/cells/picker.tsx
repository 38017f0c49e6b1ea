import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { Menu } from '@lumino/widgets';
import * as React from 'react';

import type { BlockType } from '../contract';
import { BLOCK_TYPES, foldIcon, runIcon, TypeBadge, typeWord } from '../ui';
import { typeIcon } from './icon';
import { blockTypeOf, setBlockType } from '../model';

/** The first item of a code cell's toolbar: the type of the block that the cell is. */
export class TypePicker extends ReactWidget {
  /**
   * @param cell - the cell whose toolbar it stands in
   * @param trans - for the words
   * @param onRun - runs the block alone
   */
  constructor(
    private readonly _cell: Cell,
    private readonly _trans: TranslationBundle,
    private readonly _onRun: () => void
  ) {
    super();
    this.addClass('mage-TypePicker');
    this.setHidden(_cell.model.type !== 'code');
    _cell.model.metadataChanged.connect(this._onMetadataChanged, this);
  }

  /** Stop following the cell. */
  override dispose(): void {
    Signal.clearData(this);
    super.dispose();
  }

  /** Draw the button. */
  protected render(): JSX.Element {
    const type = blockTypeOf(this._cell.model);
    const trans = this._trans;
    const word = type ? typeWord(type, trans) : trans.__('Not a block');
    return (
      <>
        <button
          type="button"
          className="mage-TypePicker-button"
          aria-haspopup="menu"
          aria-label={trans.__('Block type: %1', word)}
          title={trans.__('The type of the block that this cell is (T)')}
          // The cell keeps the focus, so that its toolbar stays.
          onMouseDown={event => event.preventDefault()}
          onClick={event => {
            const { left, bottom } =
              event.currentTarget.getBoundingClientRect();
            openTypeMenu(this._cell, trans, left, bottom);
          }}
        >
          {type ? <TypeBadge type={type} /> : null}
          <span>{word}</span>
          <foldIcon.react tag="span" />
        </button>
        {type ? (
          <button
            type="button"
            className="mage-TypePicker-button mage-TypePicker-run"
            title={trans.__('Run this block alone, in a clean namespace')}
            aria-label={trans.__('Run this block alone')}
            onMouseDown={event => event.preventDefault()}
            onClick={this._onRun}
          >
            <runIcon.react tag="span" />
          </button>
        ) : null}
      </>
    );
  }

  private _onMetadataChanged(): void {
    this.update();
  }
}

/**
 * Open the menu of block types for a cell: arrows, a first letter and Enter choose in it.
 *
 * @param cell - the cell to tag
 * @param trans - for the words
 * @param x - where the menu's left edge stands in the page
 * @param y - where the menu's upper edge stands in the page
 */
export function openTypeMenu(
  cell: Cell,
  trans: TranslationBundle,
  x: number,
  y: number
): Menu {
  const commands = new CommandRegistry();
  const menu = new Menu({ commands });
  menu.addClass('mage-TypeMenu');
  const now = blockTypeOf(cell.model);
  const offer = (type: BlockType | null, label: string): void => {
    const id = `mage-jlab:tag-${type ?? 'none'}`;
    commands.addCommand(id, {
      label,
      describedBy: { args: { type: 'object', properties: {} } },
      icon: type === null ? undefined : typeIcon(type),
      isToggleable: true,
      isToggled: () => now === type,
      execute: () => setBlockType(cell.model, type)
    });
    menu.addItem({ command: id });
  };
  for (const type of BLOCK_TYPES) {
    offer(type, typeWord(type, trans));
  }
  menu.addItem({ type: 'separator' });
  offer(null, trans.__('Not a block'));
  menu.aboutToClose.connect(() => {
    // The command of the chosen item runs after the menu has closed.
    window.setTimeout(() => menu.dispose(), 0);
  });
  menu.open(x, y);
  menu.activeIndex = Math.max(0, now === null ? 0 : BLOCK_TYPES.indexOf(now));
  return menu;
}
