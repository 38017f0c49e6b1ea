import type { Run } from '../../../labextension/src/contract';
import { timeToCompute } from '../../../labextension/src/export/cost';
import { blockOf } from '../analyses';

const run = (...took: [string, number, object?][]): Run =>
  ({
    block_runs: took.map(([block, ms, others]) => ({
      block,
      state: 'success',
      cached: false,
      started_at: new Date(0).toISOString(),
      ended_at: new Date(ms).toISOString(),
      ...others
    }))
  }) as unknown as Run;

const blocks = [
  blockOf('a'),
  blockOf('left', { a: 'a.a' }),
  blockOf('right', { a: 'a.a' }),
  blockOf('end', { left: 'left.left', right: 'right.right' })
];

describe('the time to compute blocks again', () => {
  it('is that of the longest way through them', () => {
    const runs = [run(['a', 1], ['left', 20], ['right', 300], ['end', 4000])];
    expect(timeToCompute(['left', 'right', 'end'], blocks, runs)).toBe(4300);
    expect(timeToCompute(['left'], blocks, runs)).toBe(20);
  });

  it('takes the middle one of the runs, and none that reused or failed', () => {
    const runs = [
      run(['a', 10]),
      run(['a', 30]),
      run(['a', 1000]),
      run(['a', 1, { cached: true }]),
      run(['a', 1, { state: 'failed' }])
    ];
    expect(timeToCompute(['a'], blocks, runs)).toBe(30);
  });

  it('is unknown while no run computed any of them', () => {
    expect(timeToCompute(['a'], blocks, [])).toBeNull();
    expect(timeToCompute(['end'], blocks, [run(['a', 1])])).toBeNull();
    expect(timeToCompute([], blocks, [run(['a', 1])])).toBeNull();
  });
});
