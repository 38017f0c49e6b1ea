import * as React from 'react';

import type { Run } from '../contract';
import { CommandIDs } from '../tokens';
import {
  between,
  Button,
  clockIcon,
  duration,
  fully,
  type IContext,
  Moment,
  retryIcon,
  StateMark,
  stopIcon,
  useNow,
  valueText
} from '../ui';
import type { RunState } from './model';

/** What became of a run, in a few words: "Run 418 failed at join". */
export function runTitle(run: Run, context: IContext): string {
  const { trans } = context;
  switch (run.state) {
    case 'queued':
      return trans.__('Run %1 waits', run.number);
    case 'running':
      return trans.__('Run %1 is going on', run.number);
    case 'success':
      return trans.__('Run %1', run.number);
    case 'failed':
      return run.failed_block
        ? trans.__('Run %1 failed at %2', run.number, run.failed_block)
        : trans.__('Run %1 failed', run.number);
    case 'cancelled':
      return trans.__('Run %1 was cancelled', run.number);
    case 'needs_attention':
      return trans.__('Run %1 needs you', run.number);
  }
}

/** How long the good runs among these took: the shortest and the longest; null for fewer than three. */
export function usual(past: readonly Run[]): [number, number] | null {
  const took = past
    .filter(run => run.state === 'success')
    .map(run => between(run.started_at, run.ended_at) ?? 0)
    .sort((a, b) => a - b);
  return took.length < 3 ? null : [took[0], took[took.length - 1]];
}

/**
 * The head of the run view: what became of it, what can be done; when, how long, with what.
 */
export function Head(props: {
  /** What is shown. */
  state: RunState;
  /** The run. */
  run: Run;
  /** Commands and words. */
  context: IContext;
}): JSX.Element {
  const { state, run, context } = props;
  const { mage, trans, commands } = context;
  const [busy, setBusy] = React.useState<string | null>(null);
  const live = run.state === 'running' || run.state === 'queued';
  const online = mage.connection.online;
  const now = useNow(live);
  const took = between(run.started_at, run.ended_at, now);
  const range = usual(state.past.filter(one => one.id !== run.id));
  const act = (key: string, work: () => Promise<unknown>): void => {
    setBusy(key);
    void work().finally(() => setBusy(null));
  };
  const disabled = !online || busy !== null;
  const offline = online ? undefined : trans.__('No connection to the server');
  const again = (): Promise<void> =>
    state.again().then(async started => {
      if (started) {
        await commands.execute(CommandIDs.openRun, { run: started.id });
      }
    });
  return (
    <header className="mage-Head" data-mage-region>
      <div className="mage-Head-line">
        <StateMark
          state={live && !online ? 'stale' : run.state}
          size={16}
          trans={trans}
        />
        <h1 className="mage-mod-ellipsis">{runTitle(run, context)}</h1>
        <Button
          look="link"
          onClick={() =>
            void commands.execute(CommandIDs.openPipeline, {
              project: run.project,
              pipeline: run.pipeline
            })
          }
        >
          {run.pipeline}
        </Button>
        <span className="mage-Live-space" />
        {live ? (
          <Button
            look="main"
            icon={stopIcon}
            disabled={disabled}
            title={offline}
            onClick={() => act('cancel', () => state.cancel())}
          >
            {busy === 'cancel'
              ? trans.__('Cancelling…')
              : trans.__('Cancel run')}
          </Button>
        ) : (
          <Button
            disabled={disabled}
            title={offline}
            onClick={() => act('again', again)}
          >
            {busy === 'again'
              ? trans.__('Starting…')
              : trans.__('Run again from the start')}
          </Button>
        )}
        {run.state === 'failed' || run.state === 'cancelled' ? (
          <>
            <Button
              disabled={disabled}
              title={trans.__('Go on with the code that this run began with')}
              onClick={() => act('retry', () => state.retry('run'))}
            >
              {busy === 'retry' ? trans.__('Retrying…') : trans.__('Retry')}
            </Button>
            <Button
              look="main"
              icon={retryIcon}
              disabled={disabled}
              title={trans.__('Go on with the code as it is in the files now')}
              onClick={() => act('mended', () => state.retry('current'))}
            >
              {busy === 'mended'
                ? trans.__('Retrying…')
                : trans.__('Retry with today’s code')}
            </Button>
          </>
        ) : null}
      </div>
      <div className="mage-Head-facts">
        <clockIcon.react tag="span" />
        <span>{run.trigger ?? trans.__('By hand')}</span>
        <span>
          {fully(run.nominal_at ?? run.created_at)}{' '}
          <span className="mage-mod-grey">
            <Moment at={run.created_at} trans={trans} />
          </span>
        </span>
        {took !== null ? (
          <span>
            {duration(took)}{' '}
            {range ? (
              <span className="mage-mod-grey">
                {trans.__(
                  'usually %1 to %2',
                  duration(range[0]),
                  duration(range[1])
                )}
              </span>
            ) : null}
          </span>
        ) : null}
        {Object.entries(run.variables).map(([name, value]) => (
          <span key={name} className="mage-Head-variable">
            <span className="mage-mod-grey">{name}</span>{' '}
            <span className="mage-mod-code">{valueText(value)}</span>
          </span>
        ))}
        {run.snapshot ? (
          <span className="mage-Head-variable">
            <span className="mage-mod-grey">{trans.__('code')}</span>{' '}
            <span className="mage-mod-code">{run.snapshot.slice(0, 7)}</span>
          </span>
        ) : null}
      </div>
    </header>
  );
}
