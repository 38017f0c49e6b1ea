import * as React from 'react';

import type { Run } from '../contract';
import { itemCounts, times, wholes } from '../graph/fanout';
import { shownState, statusLine } from '../graph/status';
import {
  between,
  blockType,
  duration,
  type IContext,
  moveFocus,
  size,
  StateMark,
  stateWord,
  TypeBadge,
  useNow
} from '../ui';
import { axis, ticks } from './gantt';
import { Lane, percent } from './lane';
import type { RunState } from './model';

/** The height of the longest bar above the grid, in px. */
const BAR = 32;

/** A label of the axis: 0, then durations. */
function tickWord(ms: number): string {
  return ms === 0 ? '0' : duration(ms).replace(/\.0\u00a0/, '\u00a0');
}

/** The states of a block in the last runs, a column each. */
function Cells(props: {
  block: string;
  past: readonly Run[];
  shown: string;
  context: IContext;
}): JSX.Element {
  const { block, past, shown, context } = props;
  const { trans } = context;
  const states = past.map(
    run => run.block_runs.find(one => one.block === block) ?? null
  );
  const counts = new Map<string, number>();
  for (const one of states) {
    if (one) {
      const word = stateWord(shownState(one), trans).toLowerCase();
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  const sentence = [...counts].map(([word, n]) => `${n} ${word}`).join(', ');
  return (
    <span
      className="mage-Grid-cells"
      role="img"
      aria-label={trans.__('last %1 runs: %2', past.length, sentence)}
    >
      {past.map((run, index) => {
        const one = states[index];
        return (
          <span
            key={run.id}
            data-shown={run.id === shown}
            data-mage-column={run.id}
          >
            {one ? <StateMark state={shownState(one)} size={9} quiet /> : null}
          </span>
        );
      })}
    </span>
  );
}

/**
 * One table: the blocks, their states in the last runs, and when each ran in the run that is shown.
 */
export function Table(props: {
  /** What is shown. */
  state: RunState;
  /** The run. */
  run: Run;
  /** Commands and words. */
  context: IContext;
}): JSX.Element {
  const { state, run, context } = props;
  const { trans, mage } = context;
  const live = run.state === 'running' || run.state === 'queued';
  const now = useNow(live);
  const rows = wholes(run);
  const scale = axis(run, now);
  const past = state.past
    .map(one => (one.id === run.id ? run : one))
    .map(one => ({ ...one, block_runs: wholes(one) }));
  const longest = Math.max(
    1,
    ...past.map(one => between(one.started_at, one.ended_at, now) ?? 0)
  );
  const step = (by: number): void => {
    const here = past.findIndex(one => one.id === run.id);
    const next = past[here + by];
    if (next) {
      state.show(next.id);
    }
  };
  const marks = ticks(scale.length);
  return (
    <div
      className="mage-Grid"
      data-mage-region
      role="table"
      aria-label={trans.__('Blocks of run %1', run.number)}
      aria-rowcount={rows.length + 1}
      onKeyDown={event => {
        if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
          step(event.key === 'ArrowLeft' ? -1 : 1);
          event.preventDefault();
        } else {
          moveFocus(event, '.mage-GridRow');
        }
      }}
      onClick={event => {
        const column = (event.target as HTMLElement).closest<HTMLElement>(
          '[data-mage-column]'
        )?.dataset['mageColumn'];
        if (column) {
          state.show(column);
        }
      }}
    >
      <div className="mage-Grid-head" role="row">
        <span className="mage-Grid-name" role="columnheader">
          {trans._n('%1 block', '%1 blocks', rows.length)}
        </span>
        <span
          className="mage-Grid-cells"
          role="columnheader"
          aria-label={trans.__('Last %1 runs', past.length)}
        >
          {past.map(one => {
            const took = between(one.started_at, one.ended_at, now) ?? 0;
            const good = one.state === 'success' || one.state === 'running';
            return (
              <span
                key={one.id}
                data-shown={one.id === run.id}
                data-mage-column={one.id}
                title={trans.__(
                  'Run %1, %2, %3',
                  one.number,
                  stateWord(one.state, trans).toLowerCase(),
                  duration(took)
                )}
              >
                {good ? null : <StateMark state={one.state} size={9} />}
                <span
                  className="mage-Grid-bar"
                  data-state={one.state}
                  style={{ height: Math.max(2, (took / longest) * BAR) }}
                />
              </span>
            );
          })}
        </span>
        <span className="mage-Lane" role="columnheader">
          {marks.map(mark => (
            <span
              key={mark}
              className="mage-Lane-tick"
              style={{ left: percent(mark / scale.length) }}
            >
              {tickWord(mark)}
            </span>
          ))}
        </span>
        <span className="mage-Grid-number" role="columnheader">
          {trans.__('memory')}
        </span>
        <span className="mage-Grid-number" role="columnheader">
          {trans.__('time')}
        </span>
      </div>
      <div className="mage-Grid-body" role="rowgroup">
        {rows.map((one, index) => {
          const took = between(one.started_at, one.ended_at, now);
          const shown = shownState(one, mage.connection.online);
          const chosen = one.block === state.block;
          return (
            <div
              key={one.block}
              className="mage-GridRow"
              role="row"
              aria-rowindex={index + 2}
              aria-selected={chosen}
              tabIndex={
                chosen || (state.block === null && index === 0) ? 0 : -1
              }
              aria-label={[
                one.block,
                stateWord(shown, trans).toLowerCase(),
                one.items ? times(one.items, trans) : '',
                statusLine(one, rows, trans),
                took === null ? '' : duration(took)
              ]
                .filter(Boolean)
                .join(', ')}
              data-bad={one.state === 'failed'}
              data-mage-block={one.block}
              data-mage-state={one.state}
              onClick={() => state.pick(one.block)}
              onFocus={event => {
                // The focus that comes with the tab chooses nothing; from row to row it does.
                const rows = event.currentTarget.parentElement;
                if (rows?.contains(event.relatedTarget)) {
                  state.pick(one.block);
                }
              }}
            >
              <span className="mage-Grid-name" role="rowheader">
                <StateMark state={shown} />
                <TypeBadge type={blockType(one.block_type)} />
                <span className="mage-mod-ellipsis" title={one.block}>
                  {one.block}
                </span>
                {one.items ? (
                  <span
                    className="mage-mod-grey"
                    title={itemCounts(one.items, trans)}
                  >
                    {times(one.items, trans)}
                  </span>
                ) : null}
              </span>
              <Cells
                block={one.block}
                past={past}
                shown={run.id}
                context={context}
              />
              <Lane
                one={one}
                all={rows}
                attempts={
                  // Those of a fan-out are of several items, not one after the other.
                  one.items
                    ? []
                    : state.attempts.filter(at => at.block === one.block)
                }
                scale={scale}
                now={now}
                context={context}
              />
              <span className="mage-Grid-number mage-mod-grey" role="cell">
                {one.peak_memory ? size(one.peak_memory) : ''}
              </span>
              <span className="mage-Grid-number" role="cell">
                {took === null || one.cached ? '' : duration(took)}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}
