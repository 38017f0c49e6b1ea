import { nullTranslator } from '@jupyterlab/translation';

import {
  itemCounts,
  times,
  wholes
} from '../../../labextension/src/graph/fanout';
import { statuses } from '../../../labextension/src/graph/status';
import { blockRun, run } from '../samples';

const trans = nullTranslator.load('mage_jlab');
const at = (second: number): string => `2027-03-12T09:00:0${second}.000Z`;
const items = { failed: 1, success: 20, retry_wait: 2, running: 3, ready: 0 };

const fanned = run({
  block_runs: [
    blockRun('raw'),
    blockRun('sum', {
      item: 'a',
      started_at: at(3),
      ended_at: at(5),
      peak_memory: 10
    }),
    blockRun('sum', {
      item: 'b',
      state: 'running',
      attempts: 2,
      started_at: at(2),
      peak_memory: 30
    }),
    blockRun('done', { state: 'pending', upstream: ['sum'] })
  ],
  fan_outs: [{ block: 'sum', state: 'running', items }]
});

describe('a block that fans out', () => {
  it('says how many items it has, and how many are in which state', () => {
    expect(times(items, trans)).toBe('× 26');
    expect(itemCounts(items, trans)).toBe(
      '20 done, 3 running, 1 failed, 2 retrying'
    );
    expect(itemCounts({}, trans)).toBe('no items');
  });

  it('stands as one block run, from the first start, with the most memory', () => {
    const [raw, sum, done] = wholes(fanned);
    expect(wholes(fanned)).toHaveLength(3);
    expect([raw.items, done.items]).toEqual([null, null]);
    expect(sum).toMatchObject({
      block: 'sum',
      item: null,
      state: 'running',
      attempts: 2,
      started_at: at(2),
      ended_at: null,
      peak_memory: 30
    });
  });

  it('has ended with the last of its items', () => {
    const ends = [5, 4].map(second =>
      blockRun('sum', { item: `${second}`, ended_at: at(second) })
    );
    const [sum] = wholes(
      run({
        block_runs: ends,
        fan_outs: [{ block: 'sum', state: 'success', items: { success: 2 } }]
      })
    );
    expect(sum.ended_at).toBe(at(5));
  });

  it('is one node of the graph, and what is below waits for it', () => {
    const known = statuses(fanned, trans, Date.parse(at(9)));
    expect(known.get('sum')).toMatchObject({
      state: 'running',
      fan: '× 26',
      line: '20 done, 3 running, 1 failed, 2 retrying'
    });
    expect(known.get('raw')?.fan).toBeNull();
    expect(known.get('done')?.line).toBe('waits for sum');
  });
});
