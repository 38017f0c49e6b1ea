import { axis, lane, ticks } from '../../../labextension/src/runs/gantt';
import { blockRun, run } from '../samples';

const at = (seconds: number): string =>
  new Date(Date.parse('2027-03-12T09:00:00Z') + seconds * 1000).toISOString();

describe('times of a run on an axis', () => {
  it('ends with the run, or now while it goes on', () => {
    expect(axis(run(), 0).length).toBe(10_000);
    const now = Date.parse(at(25));
    expect(axis(run({ state: 'running', ended_at: null }), now).length).toBe(
      25_000
    );
  });

  it('is never empty', () => {
    const short = run({ ended_at: at(0) });
    expect(axis(short, 0).length).toBeGreaterThan(0);
  });

  it('shows the wait for a slot and the work apart', () => {
    const one = blockRun('a', {
      ready_at: at(1),
      started_at: at(3),
      ended_at: at(8)
    });
    const { wait, bar } = lane(one, axis(run(), 0), 0);
    expect(wait?.from).toBeCloseTo(0.1);
    expect(wait?.length).toBeCloseTo(0.2);
    expect(bar?.from).toBeCloseTo(0.3);
    expect(bar?.length).toBeCloseTo(0.5);
  });

  it('draws nothing for a block that did not start, and to now for one that runs', () => {
    const scale = { start: Date.parse(at(0)), length: 10_000 };
    const waiting = lane(blockRun('a', { state: 'pending' }), scale, 0);
    expect(waiting).toEqual({ wait: null, bar: null });
    const running = blockRun('b', { state: 'running', started_at: at(4) });
    expect(lane(running, scale, Date.parse(at(6))).bar?.length).toBeCloseTo(
      0.2
    );
  });

  it.each([
    [74_000, [0, 15_000, 30_000, 45_000, 60_000]],
    [6_000, [0, 2_000, 4_000, 6_000]],
    [100, [0, 20, 40, 60, 80, 100]]
  ])('labels an axis of %d ms at round times', (length, marks) => {
    expect(ticks(length).map(Math.round)).toEqual(marks);
  });
});
