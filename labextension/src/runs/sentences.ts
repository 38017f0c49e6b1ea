import type { TranslationBundle } from '@jupyterlab/translation';

import type { Run } from '../contract';
import { ago, between, duration } from '../ui';

/**
 * The time of a run, as the end of its row says it: elapsed while it is live, else how long ago.
 */
export function runTime(
  run: Run,
  trans: TranslationBundle,
  now: number
): string {
  if (run.state === 'queued') {
    return trans.__('waits');
  }
  if (run.state === 'running') {
    return duration(between(run.started_at, null, now) ?? 0);
  }
  return ago(run.ended_at ?? run.created_at, trans, now);
}
