import {
  chipCounts,
  chipOf,
  ordered
} from '../../../labextension/src/sidebar/order';
import { mark, row } from '../samples';

const failed = row('b_failed', {
  last_runs: [mark(), mark({ id: 'r2', state: 'failed' })]
});
const running = row('c_running', { last_runs: [mark({ state: 'running' })] });
const queued = row('d_queued', { last_runs: [mark({ state: 'queued' })] });
const good = row('a_good', {
  last_runs: [mark({ created_at: '2027-03-12T10:00:00Z' })],
  next_at: '2027-03-13T02:30:00Z'
});
const never = row('e_never');
const broken = row('f_broken', {
  problem: { message: 'no', file: 'metadata.yaml', line: 14, column: 5 }
});
const rows = [good, never, failed, running, queued, broken];

describe('order of pipelines', () => {
  it('puts a pipeline under the chip of its newest run', () => {
    expect(chipOf(failed)).toBe('failed');
    expect(chipOf(queued)).toBe('running');
    expect(chipOf(never)).toBe('all');
    expect(chipOf(broken)).toBe('failed');
  });

  it('counts what stands under each chip', () => {
    expect(Object.fromEntries(chipCounts(rows))).toEqual({
      all: 6,
      failed: 2,
      running: 2
    });
  });

  it('shows what goes on and what failed before the rest', () => {
    const names = ordered(rows, 'all', 'failure').map(one => one.name);
    expect(names).toEqual([
      'c_running',
      'd_queued',
      'b_failed',
      'f_broken',
      'a_good',
      'e_never'
    ]);
  });

  it('orders by the last and by the next run, what has none last', () => {
    expect(ordered(rows, 'all', 'run')[0]).toBe(good);
    expect(ordered(rows, 'all', 'next')[0]).toBe(good);
    expect(ordered([never, good], 'all', 'run')).toEqual([good, never]);
    expect(ordered([never, good], 'all', 'next')).toEqual([good, never]);
  });

  it('keeps those of a chip alone', () => {
    expect(ordered(rows, 'failed', 'name')).toEqual([failed, broken]);
  });
});
