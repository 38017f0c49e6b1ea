import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Workbench } from '../model';
import type { IWorkbenches } from '../tokens';
import { SeverityMark } from '../ui';

/** How many problems the current notebook has, in the status bar; nothing when it has none. */
export class ProblemsItem extends ReactWidget {
  /**
   * @param workbenches - the open notebooks
   * @param trans - for the words
   * @param onNext - goes to the next problem
   */
  constructor(
    private readonly _workbenches: IWorkbenches,
    private readonly _trans: TranslationBundle,
    private readonly _onNext: () => void
  ) {
    super();
    this.addClass('mage-StatusItem');
    this.addClass('jp-mod-highlighted');
    _workbenches.currentChanged.connect(this._onCurrent, this);
    this._onCurrent();
  }

  /** Draw the item. */
  protected render(): JSX.Element | null {
    const workbench = this._workbench;
    const errors = workbench?.diagnostics(undefined, 'error').length ?? 0;
    if (errors === 0) {
      return null;
    }
    const trans = this._trans;
    const blocks = workbench?.analysis?.blocks.length ?? 0;
    return (
      <button
        type="button"
        onClick={this._onNext}
        title={trans.__('Go to the next problem')}
      >
        <SeverityMark severity="error" />
        <span>
          {trans.__(
            '%1 in %2',
            trans._n('%1 problem', '%1 problems', errors),
            trans._n('%1 block', '%1 blocks', blocks)
          )}
        </span>
      </button>
    );
  }

  private _onCurrent(): void {
    const workbench = this._workbenches.current;
    if (workbench !== this._workbench) {
      this._workbench?.changed.disconnect(this._onChanged, this);
      workbench?.changed.connect(this._onChanged, this);
      this._workbench = workbench;
    }
    this.update();
  }

  private _onChanged(): void {
    this.update();
  }

  private _workbench: Workbench | null = null;
}
