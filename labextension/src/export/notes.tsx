import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Diagnostic } from '../contract';
import { Button, SeverityMark } from '../ui';

/** What the analysis has to say about the cells, each with the way there. */
export function Notes(props: {
  diagnostics: Diagnostic[];
  onGo: (diagnostic: Diagnostic) => void;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { diagnostics, trans } = props;
  if (diagnostics.length === 0) {
    return null;
  }
  return (
    <section
      className="mage-Export-notes"
      data-mage-region
      aria-label={trans.__('Notes')}
    >
      <h3>{trans._n('%1 note', '%1 notes', diagnostics.length)}</h3>
      <ul>
        {diagnostics.map((diagnostic, index) => (
          <li key={index}>
            <SeverityMark severity={diagnostic.severity} trans={trans} />
            <span>{diagnostic.message}</span>
            <Button look="link" onClick={() => props.onGo(diagnostic)}>
              {trans.__('Go to the cell')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
