import type { TranslationBundle } from '@jupyterlab/translation';

import type { BlockRun, FanOut, Run } from '../contract';
import { stateWord } from '../ui';

/** The states of items in the order in which they are counted out; others follow. */
const ORDER = ['success', 'running', 'failed'];

/**
 * How many items a fan-out has, as `× 24`.
 */
export function times(
  items: FanOut['items'],
  trans: TranslationBundle
): string {
  const all = Object.values(items).reduce((sum, count) => sum + count, 0);
  return trans.__('× %1', all.toLocaleString('en-US'));
}

/**
 * How many items of a fan-out are in which state: `20 done, 3 running, 1 failed`.
 */
export function itemCounts(
  items: FanOut['items'],
  trans: TranslationBundle
): string {
  const states = Object.keys(items) as BlockRun['state'][];
  const place = (state: string): number => {
    const at = ORDER.indexOf(state);
    return at < 0 ? ORDER.length : at;
  };
  const counts = states
    .filter(state => items[state] > 0)
    .sort((one, other) => place(one) - place(other))
    .map(state =>
      trans.__(
        '%1 %2',
        items[state].toLocaleString('en-US'),
        state === 'success'
          ? trans.__('done')
          : stateWord(state, trans).toLowerCase()
      )
    )
    .join(', ');
  return counts || trans.__('no items');
}

/**
 * The block runs of a run with those of a fan-out as one: it has the state of the whole, the
 * first error, and goes from the first start to the last end.
 */
export function wholes(run: Run): BlockRun[] {
  if (run.fan_outs.length === 0) {
    return run.block_runs;
  }
  const fans = new Map(run.fan_outs.map(fan => [fan.block, fan]));
  const seen = new Set<string>();
  return run.block_runs.flatMap(one => {
    const fan = fans.get(one.block);
    if (!fan) {
      return [one];
    }
    if (seen.has(one.block)) {
      return [];
    }
    seen.add(one.block);
    return [
      whole(
        fan,
        run.block_runs.filter(at => at.block === one.block)
      )
    ];
  });
}

/** One block run for all items of a fan-out. */
function whole(fan: FanOut, items: readonly BlockRun[]): BlockRun {
  const known = (all: readonly (string | null)[]): string[] =>
    all.filter(time => time !== null).sort();
  const ends = items.map(one => one.ended_at);
  const peaks = items.map(one => one.peak_memory ?? 0);
  return {
    ...items[0],
    item: null,
    state: fan.state,
    items: fan.items,
    cached: items.every(one => one.cached),
    attempts: Math.max(...items.map(one => one.attempts)),
    ready_at: known(items.map(one => one.ready_at))[0] ?? null,
    started_at: known(items.map(one => one.started_at))[0] ?? null,
    ended_at: ends.includes(null) ? null : (known(ends).pop() ?? null),
    peak_memory: Math.max(...peaks) || null,
    products: items.flatMap(one => one.products),
    error: items.find(one => one.error)?.error ?? null
  };
}
