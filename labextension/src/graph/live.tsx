import * as React from 'react';

import type { LogLine, Run } from '../contract';
import type { LogModel } from '../model';
import { CommandIDs } from '../tokens';
import {
  Button,
  duration,
  between,
  type IContext,
  Moment,
  StateMark,
  stateWord,
  stopIcon,
  timeOfDay,
  useNow,
  useSignals
} from '../ui';

/** How many lines of the log are shown, the newest first. */
const LINES = 40;

/** The last lines of a log, newest first. */
function Lines(props: { log: LogModel }): JSX.Element {
  const { log } = props;
  useSignals(log.changed);
  const lines: readonly LogLine[] = log.lines.slice(-LINES).reverse();
  return (
    <div className="mage-Live-lines">
      {lines.map((line, index) => (
        <div key={log.lines.length - index} data-level={line.level}>
          <span className="mage-mod-code mage-mod-grey">
            {timeOfDay(line.at)}
          </span>
          <span className="mage-mod-ellipsis">{line.block}</span>
          <span className="mage-mod-code mage-mod-ellipsis">{line.text}</span>
        </div>
      ))}
    </div>
  );
}

/**
 * The run that is on, below the graph: its state, how far it is, and what it writes.
 */
export function Live(props: {
  /** The newest run. */
  run: Run;
  /** Its log, while it is live. */
  log: LogModel | null;
  /** Whether the server answers. */
  online: boolean;
  /** Commands and words. */
  context: IContext;
  /** Called to cancel it; resolves when that was taken. */
  onCancel: () => Promise<unknown>;
}): JSX.Element {
  const { run, online, context } = props;
  const { trans, commands } = context;
  const [cancelling, setCancelling] = React.useState(false);
  const live = run.state === 'running' || run.state === 'queued';
  const now = useNow(live);
  const done = run.block_runs.filter(one => one.state === 'success').length;
  const took = between(run.started_at, run.ended_at, now);
  return (
    <div
      className="mage-Live"
      data-live={live}
      data-mage-region
      aria-label={trans.__('Run %1', run.number)}
    >
      <div className="mage-Live-head">
        <StateMark
          state={live && !online ? 'stale' : run.state}
          size={14}
          trans={trans}
        />
        <strong>{trans.__('Run %1', run.number)}</strong>
        <span className="mage-mod-grey mage-mod-ellipsis">
          {run.trigger ?? trans.__('by hand')},{' '}
          <Moment at={run.created_at} trans={trans} />
        </span>
        <span>
          {live
            ? trans.__('%1 of %2 blocks', done, run.block_runs.length)
            : stateWord(run.state, trans)}
        </span>
        <span className="mage-Live-space" />
        {took !== null ? <span>{duration(took)}</span> : null}
        <Button
          onClick={() =>
            void commands.execute(CommandIDs.openRun, { run: run.id })
          }
        >
          {trans.__('Open run')}
        </Button>
        {live ? (
          <Button
            icon={stopIcon}
            disabled={!online || cancelling}
            onClick={() => {
              setCancelling(true);
              void props.onCancel().finally(() => setCancelling(false));
            }}
          >
            {cancelling ? trans.__('Cancelling…') : trans.__('Cancel run')}
          </Button>
        ) : null}
      </div>
      {live && props.log ? <Lines log={props.log} /> : null}
    </div>
  );
}
