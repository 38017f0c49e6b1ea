import * as React from 'react';

import type { Run } from '../contract';
import { CommandIDs } from '../tokens';
import { between, duration, type IContext, StateMark, stateWord } from '../ui';

/** The height of the longest bar, in px. */
const HEIGHT = 32;

/**
 * How long a block took in its last runs, a bar each; a failed one is marked.
 */
export function PastBars(props: {
  /** The last runs with their blocks, oldest first. */
  runs: readonly Run[];
  /** The block. */
  block: string;
  /** Commands and words. */
  context: IContext;
}): JSX.Element | null {
  const { trans, commands } = props.context;
  const bars = props.runs.flatMap(run => {
    const one = run.block_runs.find(at => at.block === props.block);
    const took = one && between(one.started_at, one.ended_at);
    return one && one.ended_at
      ? [{ run, state: one.state, took: one.cached ? 0 : (took ?? 0) }]
      : [];
  });
  if (bars.length < 2) {
    return null;
  }
  const longest = Math.max(1, ...bars.map(bar => bar.took));
  return (
    <div className="mage-Past">
      <h2>{trans.__('Last %1 runs', bars.length)}</h2>
      <div className="mage-Past-bars">
        {bars.map(({ run, state, took }) => {
          const word = trans.__(
            'Run %1, %2, %3',
            run.number,
            stateWord(state, trans).toLowerCase(),
            duration(took)
          );
          return (
            <button
              key={run.id}
              type="button"
              title={word}
              aria-label={word}
              data-state={state}
              onClick={() =>
                void commands.execute(CommandIDs.openRun, { run: run.id })
              }
            >
              {state === 'success' ? null : (
                <StateMark state={state} size={9} />
              )}
              <span
                style={{ height: Math.max(2, (took / longest) * HEIGHT) }}
              />
            </button>
          );
        })}
      </div>
    </div>
  );
}
