import type { TranslationBundle } from '@jupyterlab/translation';

import type { BlockRun, Run } from '../contract';
import { between, duration, isOutput, shape, type ShownState } from '../ui';
import { itemCounts, times, wholes } from './fanout';

/** What a view says about a block of the run that is shown. */
export interface IBlockStatus {
  /** Its state; null when the run has nothing of it. */
  readonly state: ShownState | null;
  /** What it gave, why it waits, or how it failed. */
  readonly line: string;
  /** How long it took, or `reused`. */
  readonly end: string;
  /** Its block run, where there is one. */
  readonly run: BlockRun | null;
  /** How many items it runs for, as `× 24`; null where it does not fan out. */
  readonly fan: string | null;
}

/**
 * The state that a mark shows for a block run: a reused success is `cached`.
 */
export function shownState(run: BlockRun, online = true): ShownState {
  if (!online && ['ready', 'running', 'retry_wait'].includes(run.state)) {
    return 'stale';
  }
  return run.state === 'success' && run.cached ? 'cached' : run.state;
}

/**
 * The blocks above that a block run still waits for.
 */
export function waitsFor(run: BlockRun, all: readonly BlockRun[]): string[] {
  const done = new Set(
    all.filter(one => one.state === 'success').map(one => one.block)
  );
  return run.upstream.filter(name => !done.has(name));
}

/** The blocks above that ended badly. */
function failedAbove(run: BlockRun, all: readonly BlockRun[]): string[] {
  const bad = ['failed', 'upstream_failed', 'cancelled', 'needs_attention'];
  return all
    .filter(one => run.upstream.includes(one.block) && bad.includes(one.state))
    .map(one => one.block);
}

/**
 * Why a block run that did not run did not, or how one failed; what a good one gave; of one that
 * fans out, how many of its items are in which state.
 */
export function statusLine(
  run: BlockRun,
  all: readonly BlockRun[],
  trans: TranslationBundle
): string {
  if (run.items) {
    return itemCounts(run.items, trans);
  }
  const product = run.products.find(one => !isOutput(one)) ?? run.products[0];
  switch (run.state) {
    case 'success':
      return product ? shape(product, trans) : trans.__('gave nothing back');
    case 'running':
      return run.attempts > 1 ? trans.__('attempt %1', run.attempts) : '';
    case 'ready':
      return trans.__('waits for a slot');
    case 'pending': {
      const waits = waitsFor(run, all);
      return waits.length === 0
        ? ''
        : trans._n(
            'waits for %2',
            'waits for %1 blocks',
            waits.length,
            waits[0]
          );
    }
    case 'retry_wait':
      return trans.__('attempt %1 comes', run.attempts + 1);
    case 'failed':
      return run.error
        ? trans.__(
            '%1: %2',
            run.error.type,
            run.error.message.split('\n', 1)[0]
          )
        : trans.__('failed');
    case 'upstream_failed': {
      const failed = failedAbove(run, all);
      return failed.length === 0
        ? trans.__('not started')
        : trans._n(
            '%2 failed',
            '%1 blocks above failed',
            failed.length,
            failed[0]
          );
    }
    case 'condition_false':
      return trans.__('skipped by its condition');
    case 'cancelled':
      return trans.__('cancelled');
    case 'needs_attention':
      return trans.__('needs you');
  }
}

/**
 * What to say about each block, given the run that is shown.
 */
export function statuses(
  run: Run | null,
  trans: TranslationBundle,
  now: number,
  online = true
): ReadonlyMap<string, IBlockStatus> {
  const all = run ? wholes(run) : [];
  return new Map(
    all.map(one => {
      const took = between(one.started_at, one.ended_at, now);
      const timed =
        took !== null && (one.state === 'running' || one.ended_at !== null);
      return [
        one.block,
        {
          state: shownState(one, online),
          line: statusLine(one, all, trans),
          end: one.cached ? trans.__('reused') : timed ? duration(took) : '',
          run: one,
          fan: one.items ? times(one.items, trans) : null
        }
      ];
    })
  );
}
