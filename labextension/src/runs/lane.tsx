import * as React from 'react';

import type { Attempt, BlockRun } from '../contract';
import { statusLine } from '../graph/status';
import { between, duration, type IContext } from '../ui';
import { type IAxis, type ISpan, lane, tries } from './gantt';

/** A share of the axis, as a style says it. */
export const percent = (share: number): string =>
  `${(share * 100).toFixed(3)}%`;

/** Where a stretch of time stands. */
const placed = (span: ISpan): React.CSSProperties => ({
  left: percent(span.from),
  width: percent(span.length)
});

/** The share of the axis below which a bar is too thin for its number. */
const THIN = 0.025;

/** The attempts of a block that was tried more than once, and the waits between them. */
function Tries(props: {
  attempts: readonly Attempt[];
  scale: IAxis;
  now: number;
  context: IContext;
}): JSX.Element {
  const { trans } = props.context;
  return (
    <>
      {tries(props.attempts, props.scale, props.now).map(one => (
        <React.Fragment key={one.number}>
          {one.pause ? (
            <span className="mage-Lane-pause" style={placed(one.pause)}>
              <span>{duration(one.paused)}</span>
            </span>
          ) : null}
          <span
            className="mage-Lane-bar"
            data-state={one.state}
            title={trans.__('Attempt %1', one.number)}
            style={placed(one.bar)}
          >
            {one.bar.length < THIN ? '' : one.number}
          </span>
        </React.Fragment>
      ))}
    </>
  );
}

/**
 * When a block waited and ran, on the axis of its run; in words where it did not run.
 */
export function Lane(props: {
  /** The block run. */
  one: BlockRun;
  /** All of the run. */
  all: readonly BlockRun[];
  /** The block's attempts, where there were several. */
  attempts: readonly Attempt[];
  /** The axis of the run. */
  scale: IAxis;
  /** The time. */
  now: number;
  /** Words. */
  context: IContext;
}): JSX.Element {
  const { one, all, attempts, scale, now, context } = props;
  const { trans } = context;
  const { wait, bar } = lane(one, scale, now);
  if (!bar || one.cached) {
    return (
      <span className="mage-Lane">
        <span className="mage-Lane-words mage-mod-ellipsis">
          {one.cached ? trans.__('reused') : statusLine(one, all, trans)}
        </span>
      </span>
    );
  }
  const several = attempts.length > 1;
  const took = between(one.started_at, one.ended_at, now) ?? 0;
  const end = bar.from + bar.length;
  // Behind the bar, before it, or in it: where there is room.
  const side = end <= 0.85 ? 'after' : bar.from >= 0.15 ? 'before' : 'within';
  const place = {
    after: { left: percent(end) },
    before: { right: percent(1 - bar.from) },
    within: { right: percent(1 - end) }
  }[side];
  return (
    <span className="mage-Lane">
      {wait ? <span className="mage-Lane-wait" style={placed(wait)} /> : null}
      {several ? (
        <Tries attempts={attempts} scale={scale} now={now} context={context} />
      ) : (
        <span
          className="mage-Lane-bar"
          data-state={one.state}
          style={placed(bar)}
        />
      )}
      {several ? null : (
        <span className="mage-Lane-time" data-side={side} style={place}>
          {duration(took)}
        </span>
      )}
    </span>
  );
}
