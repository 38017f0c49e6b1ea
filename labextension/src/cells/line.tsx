import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { BlockType, Severity } from '../contract';
import { Button, SeverityMark, TypeBadge, typeWord } from '../ui';
import type { DriftKind } from './drift';
import { driftTitle, driftWord } from './drift';
import type { IFlow } from './flows';
import { Gives, Reads } from './flowwords';

/** What the line above a tagged cell says. */
export interface ICellLine {
  /** The block's type; null for the cell of the runtime variables. */
  type: BlockType | null;

  /** The block's name; empty before the first analysis. */
  name: string;

  /** The names that flow in. */
  reads: IFlow[];

  /** The names that flow out. */
  gives: IFlow[];

  /** What the small mark tells of, where the problem's own line is not shown. */
  mark: Severity | null;

  /** Where cell, file and last run disagree. */
  drift: DriftKind[];

  /** What is known of the name at the caret, told in place of the flows. */
  told: string | null;
}

/** The line above a tagged cell: badge, name, type; on the right what flows in and out. */
export class CellLine extends ReactWidget {
  /**
   * @param trans - for the words
   * @param onDrift - shows how cell, file and last run disagree
   */
  constructor(
    private readonly _trans: TranslationBundle,
    private readonly _onDrift: (kind: DriftKind) => void
  ) {
    super();
    this.addClass('mage-CellLine');
  }

  /** Show something else. */
  say(line: ICellLine): void {
    const text = JSON.stringify(line);
    if (text !== this._text) {
      this._text = text;
      this._line = line;
      this.update();
    }
  }

  /** Draw the line. */
  protected render(): JSX.Element | null {
    const line = this._line;
    const trans = this._trans;
    if (line === null) {
      return null;
    }
    if (line.type === null) {
      return (
        <>
          <strong>{trans.__('Parameters')}</strong>
          <span className="mage-CellLine-type">
            {trans.__('runtime variables, with these defaults')}
          </span>
        </>
      );
    }
    return (
      <>
        <TypeBadge type={line.type} />
        <strong className="mage-CellLine-name" title={line.name}>
          {line.name}
        </strong>
        <span className="mage-CellLine-type">
          {' '}
          {typeWord(line.type, trans).toLocaleLowerCase()}{' '}
        </span>
        {line.drift.map(kind => (
          <Button
            key={kind}
            look="link"
            className="mage-CellLine-drift"
            title={driftTitle(kind, trans)}
            onClick={() => this._onDrift(kind)}
          >
            {driftWord(kind, trans)}
          </Button>
        ))}
        {line.mark ? <SeverityMark severity={line.mark} trans={trans} /> : null}
        <span className="mage-CellLine-flows">
          {line.told ? (
            <span className="mage-CellLine-flow" role="status">
              {line.told}
            </span>
          ) : (
            <>
              <Reads flows={line.reads} trans={trans} />{' '}
              <Gives flows={line.gives} trans={trans} />
            </>
          )}
        </span>
      </>
    );
  }

  private _line: ICellLine | null = null;
  private _text = '';
}
