import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Analysis, Diagnostic } from '../contract';
import { RailGraph, railWidth } from '../rail/graph';
import { layOut } from '../rail/lanes';
import { Button, moveFocus, SeverityMark, TypeBadge, typeWord } from '../ui';

/** The pipeline that the notebook would be, and the problems that would remain. */
export function Outcome(props: {
  analysis: Analysis;
  problems: Diagnostic[];
  onGo: (place: Pick<Diagnostic, 'cell_id' | 'line' | 'column'>) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { analysis, problems, onGo, trans } = props;
  const { blocks } = analysis;
  const rail = React.useMemo(() => layOut(blocks), [blocks]);
  const left = railWidth(rail);
  return (
    <>
      <h2>{trans.__('The pipeline')}</h2>
      {blocks.length === 0 ? (
        <p className="mage-mod-grey">{trans.__('No cell becomes a block.')}</p>
      ) : (
        <ul
          className="mage-Rail-list"
          aria-label={trans.__('Blocks of %1', analysis.pipeline)}
          onKeyDown={event => moveFocus(event, '.mage-Rail-row')}
        >
          <RailGraph rail={rail} blocks={blocks} active={-1} />
          {blocks.map((block, at) => (
            <li key={block.cell_id}>
              <button
                type="button"
                className="mage-Rail-row"
                tabIndex={at === 0 ? 0 : -1}
                style={{ paddingLeft: left }}
                title={block.name}
                aria-label={[
                  block.name,
                  typeWord(block.type, trans),
                  block.upstream.length > 0
                    ? trans.__('reads from %1', block.upstream.join(', '))
                    : trans.__('reads from no other block')
                ].join(', ')}
                onClick={() =>
                  onGo({ cell_id: block.cell_id, line: null, column: null })
                }
              >
                <span className="mage-mod-ellipsis">{block.name}</span>
                <TypeBadge type={block.type} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {problems.length > 0 ? (
        <>
          <h2>
            {trans._n(
              '%1 problem is left',
              '%1 problems are left',
              problems.length
            )}
          </h2>
          <p className="mage-mod-grey">
            {trans.__(
              'Each stands on its cell afterwards, with its fixes. Nothing is exported before the errors are mended.'
            )}
          </p>
          <ul className="mage-Turn-problems">
            {problems.map((problem, index) => (
              <li key={index}>
                <SeverityMark severity={problem.severity} trans={trans} />
                <span>{problem.message}</span>
                <Button look="link" onClick={() => onGo(problem)}>
                  {trans.__('Go to the cell')}
                </Button>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </>
  );
}
