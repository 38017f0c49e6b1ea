import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { DriftKind } from '../cells/drift';
import { driftOf, driftTitle, driftWord } from '../cells/drift';
import { inflows, outflows } from '../cells/flows';
import type { AnalysedBlock, Analysis, BlockRun } from '../contract';
import { Button, duration, Moment, StateMark, stateWord } from '../ui';

/** What the active block reads, gives and changes, and how it ran last. */
export function BlockDetails(props: {
  block: AnalysedBlock;
  analysis: Analysis;
  last: BlockRun | null;
  onOpenRun: () => void;
  onDrift: (kind: DriftKind) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { analysis, block, last, trans } = props;
  const changes = block.defines.filter(name => block.reads.includes(name));
  return (
    <section className="mage-RailDetails" aria-label={block.name}>
      <h3 className="mage-mod-ellipsis" title={block.name}>
        {block.name}
      </h3>
      <dl>
        <Flows
          word={trans.__('Reads')}
          flows={inflows(block)}
          none={trans.__('nothing')}
        />
        <Flows
          word={trans.__('Results')}
          flows={outflows(analysis, block)}
          none={trans.__('none')}
        />
        {changes.length > 0 ? (
          <div>
            <dt>{trans.__('Changes')}</dt>
            <dd>
              <code>{changes.join(', ')}</code>
            </dd>
          </div>
        ) : null}
        <div>
          <dt>{trans.__('Last run')}</dt>
          {last === null ? (
            <dd>{trans.__('never')}</dd>
          ) : (
            <>
              <dd>
                <StateMark state={last.cached ? 'cached' : last.state} />{' '}
                <button
                  type="button"
                  className="mage-Button mage-mod-link"
                  onClick={props.onOpenRun}
                >
                  {last.ended_at ? (
                    <Moment at={last.ended_at} trans={trans} />
                  ) : (
                    stateWord(last.state, trans)
                  )}
                </button>
              </dd>
              <dd className="mage-RailDetails-end">{lasted(last)}</dd>
            </>
          )}
        </div>
        <Code
          drift={driftOf(block, last)}
          exported={block.code !== null}
          onDrift={props.onDrift}
          trans={trans}
        />
      </dl>
    </section>
  );
}

/** Whether cell, file and last run say the same; where they do not, the way to see it. */
function Code(props: {
  drift: DriftKind[];
  exported: boolean;
  onDrift: (kind: DriftKind) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { drift, exported, trans } = props;
  if (drift.length === 0) {
    return (
      <div>
        <dt>{trans.__('Code')}</dt>
        <dd>
          {exported ? trans.__('as exported') : trans.__('not exported yet')}
        </dd>
      </div>
    );
  }
  return (
    <>
      {drift.map((kind, index) => (
        <div key={kind}>
          <dt>{index === 0 ? trans.__('Code') : ''}</dt>
          <dd>{driftWord(kind, trans)}</dd>
          <dd className="mage-RailDetails-end">
            <Button
              look="link"
              className="mage-RailDetails-drift"
              title={driftTitle(kind, trans)}
              onClick={() => props.onDrift(kind)}
            >
              {kind === 'run' ? trans.__('Run') : trans.__('Diff')}
            </Button>
          </dd>
        </div>
      ))}
    </>
  );
}

function Flows(props: {
  word: string;
  flows: { name: string; blocks: string[] }[];
  none: string;
}): JSX.Element {
  const flows = props.flows.length
    ? props.flows
    : [{ name: '', blocks: [] as string[] }];
  return (
    <>
      {flows.map(({ name, blocks }, index) => (
        <div key={name}>
          <dt>{index === 0 ? props.word : ''}</dt>
          <dd>{name ? <code>{name}</code> : props.none}</dd>
          <dd className="mage-RailDetails-end" title={blocks.join(', ')}>
            {blocks.join(', ')}
          </dd>
        </div>
      ))}
    </>
  );
}

/** How long a block run took; empty while it is not over. */
function lasted(run: BlockRun): string {
  return run.started_at && run.ended_at
    ? duration(Date.parse(run.ended_at) - Date.parse(run.started_at))
    : '';
}
