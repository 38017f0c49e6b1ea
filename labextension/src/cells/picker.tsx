import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import * as React from 'react';

import { foldIcon, runIcon, TypeBadge, typeWord } from '../ui';
import { blockTypeOf } from '../model';
import { openCellMenu } from './typemenu';

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
            openCellMenu(this._cell, trans, left, bottom);
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
