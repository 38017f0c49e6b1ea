import * as React from 'react';

import type { Run } from '../contract';
import { CommandIDs } from '../tokens';
import {
  fully,
  type IContext,
  moveFocus,
  opens,
  StateMark,
  stateWord,
  useNow,
  VirtualList
} from '../ui';
import { runTime } from './sentences';

/** The height of a row in px. */
export const RUN_HEIGHT = 28;

/** One run: its state, number, pipeline; elapsed or ago. */
function Row(props: {
  run: Run;
  first: boolean;
  now: number;
  context: IContext;
}): JSX.Element {
  const { run, context } = props;
  const { trans, commands } = context;
  const time = runTime(run, trans, props.now);
  const open = (): void => {
    void commands.execute(CommandIDs.openRun, { run: run.id });
  };
  const word = stateWord(run.state, trans).toLowerCase();
  return (
    <div
      className="mage-Row mage-RunRow"
      role="button"
      tabIndex={props.first ? 0 : -1}
      aria-label={trans.__(
        'run %1 of %2, %3, %4',
        run.number,
        run.pipeline,
        word,
        time
      )}
      data-mage-run={run.id}
      data-mage-state={run.state}
      onClick={open}
      onKeyDown={event => opens(event) && open()}
    >
      <StateMark state={run.state} />
      <span className="mage-RunRow-number">{run.number}</span>
      <span className="mage-Row-name mage-mod-ellipsis">{run.pipeline}</span>
      <span className="mage-Row-end" title={fully(run.created_at)}>
        {time}
      </span>
    </div>
  );
}

/**
 * Runs, newest first, as a virtual list.
 */
export function RunRows(props: {
  /** The runs. */
  runs: readonly Run[];
  /** Commands and words. */
  context: IContext;
  /** Called when the last row is in sight. */
  onEnd: () => void;
}): JSX.Element {
  const { runs, context, onEnd } = props;
  const quick = runs.some(
    run =>
      run.state === 'running' ||
      Date.now() - Date.parse(run.ended_at ?? run.created_at) < 60000
  );
  const now = useNow(quick);
  return (
    <div
      className="mage-Section-rows"
      style={{ flexBasis: runs.length * RUN_HEIGHT }}
      onKeyDown={event => moveFocus(event, '.mage-RunRow')}
    >
      <VirtualList
        items={runs}
        height={RUN_HEIGHT}
        label={context.trans.__('Runs')}
        keyOf={run => run.id}
        onEnd={atEnd => {
          if (atEnd) {
            onEnd();
          }
        }}
      >
        {(run, index) => (
          <Row run={run} first={index === 0} now={now} context={context} />
        )}
      </VirtualList>
    </div>
  );
}
