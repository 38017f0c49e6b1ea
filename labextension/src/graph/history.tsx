import * as React from 'react';

import type { Run } from '../contract';
import { CommandIDs } from '../tokens';
import {
  between,
  duration,
  type IContext,
  Moment,
  moveFocus,
  opens,
  StateMark,
  stateWord
} from '../ui';
import { shownState } from './status';

/**
 * How a block fared in the last runs, the newest first.
 */
export function History(props: {
  /** The last runs with their blocks, oldest first. */
  runs: readonly Run[];
  /** The block. */
  block: string;
  /** Commands and words. */
  context: IContext;
}): JSX.Element {
  const { block, context } = props;
  const { trans, commands } = context;
  const rows = [...props.runs].reverse().flatMap(run => {
    const one = run.block_runs.find(at => at.block === block);
    return one ? [{ run, one }] : [];
  });
  if (rows.length === 0) {
    return (
      <p className="mage-Inspector-body mage-mod-grey">
        {trans.__('%1 has not run yet.', block)}
      </p>
    );
  }
  return (
    <div
      role="list"
      aria-label={trans.__('Last runs of %1', block)}
      onKeyDown={event => moveFocus(event, '.mage-HistoryRow')}
    >
      {rows.map(({ run, one }, index) => {
        const state = shownState(one);
        const took = one.cached ? null : between(one.started_at, one.ended_at);
        const open = (): void => {
          void commands.execute(CommandIDs.openRun, { run: run.id, block });
        };
        return (
          <div key={run.id} role="listitem">
            <div
              className="mage-HistoryRow"
              role="button"
              tabIndex={index === 0 ? 0 : -1}
              onClick={open}
              onKeyDown={event => opens(event) && open()}
            >
              <StateMark state={state} />
              <span>{trans.__('Run %1', run.number)}</span>
              <span className="mage-HistoryRow-state mage-mod-grey mage-mod-ellipsis">
                {one.error?.type ?? stateWord(state, trans)}
              </span>
              <span>{took === null ? '' : duration(took)}</span>
              <span className="mage-HistoryRow-ago mage-mod-grey">
                <Moment at={run.created_at} trans={trans} />
              </span>
            </div>
          </div>
        );
      })}
    </div>
  );
}
