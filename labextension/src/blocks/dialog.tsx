import { Dialog, ReactWidget } from '@jupyterlab/apputils';
import * as React from 'react';

import type { MadeBlock } from '../contract';
import type { IContext } from '../ui';
import { BlockDraft, type IBeginning } from './draft';
import { BlockForm } from './form';

/** The place of the button that makes the block. */
const MAKE = 1;

/**
 * The dialog of a new block. It stays until the block is made or given up, so that a refusal can
 * be mended where it is said.
 */
export class NewBlockDialog extends Dialog<unknown> {
  /**
   * Begin a block.
   */
  constructor(from: IBeginning, context: IContext) {
    const { trans, mage } = context;
    const draft = new BlockDraft(mage, from);
    super({
      title: trans.__('New block'),
      body: ReactWidget.create(<BlockForm draft={draft} context={context} />),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Cancel') }),
        Dialog.okButton({ label: trans.__('Make block') })
      ],
      defaultButton: MAKE,
      focusNodeSelector: 'input'
    });
    this._draft = draft;
  }

  /** What is chosen and typed. */
  get draft(): BlockDraft {
    return this._draft;
  }

  /** The block that was made; null where it was given up. */
  get made(): MadeBlock | null {
    return this._made;
  }

  /** Close on `Cancel`; on the other button, or Enter, only once the block is made. */
  override resolve(index: number = MAKE): void {
    if (index !== MAKE) {
      super.resolve(index);
      return;
    }
    void this._draft.make().then(made => {
      if (made) {
        this._made = made;
        super.resolve(MAKE);
      }
    });
  }

  /** Forget the draft. */
  override dispose(): void {
    if (!this.isDisposed) {
      this._draft.dispose();
    }
    super.dispose();
  }

  private _draft: BlockDraft;
  private _made: MadeBlock | null = null;
}
