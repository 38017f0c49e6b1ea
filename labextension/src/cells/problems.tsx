import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { Diagnostic } from '../contract';
import { Button, foldIcon, SeverityMark } from '../ui';

/** The lines below a cell's editor: a diagnostic each, with its fixes. */
export class CellProblems extends ReactWidget {
  /**
   * @param trans - for the words
   * @param onFix - shows the fixes of a diagnostic, below this button
   */
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _onFix: (
      diagnostic: Diagnostic,
      button: HTMLElement
    ) => void
  ) {
    super();
    this.addClass('mage-CellProblems');
  }

  /** Show other diagnostics. */
  say(diagnostics: Diagnostic[]): void {
    const text = JSON.stringify(diagnostics);
    if (text !== this._text) {
      this._text = text;
      this._diagnostics = diagnostics;
      this.setHidden(diagnostics.length === 0);
      this.update();
    }
  }

  /** Draw the lines. */
  protected render(): JSX.Element {
    const trans = this._trans;
    return (
      <>
        {this._diagnostics.map((diagnostic, index) => (
          <div
            key={index}
            className="mage-CellProblem"
            data-code={diagnostic.code}
          >
            <SeverityMark severity={diagnostic.severity} trans={trans} />
            <span className="mage-CellProblem-text" title={diagnostic.message}>
              {diagnostic.message}
            </span>
            {diagnostic.repairs.length > 0 ? (
              <Button
                look="link"
                aria-haspopup="menu"
                onClick={event => this._onFix(diagnostic, event.currentTarget)}
              >
                {trans.__('Fix')}
                <foldIcon.react tag="span" />
              </Button>
            ) : null}
          </div>
        ))}
      </>
    );
  }

  private _diagnostics: Diagnostic[] = [];
  private _text = '';
}
