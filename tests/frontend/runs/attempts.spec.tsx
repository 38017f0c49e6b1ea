import * as React from 'react';

import type { Attempt } from '../../../labextension/src/contract';
import { AttemptsTab } from '../../../labextension/src/runs/attempts';
import {
  attemptState,
  axis,
  tries
} from '../../../labextension/src/runs/gantt';
import { Lane } from '../../../labextension/src/runs/lane';
import { Context } from '../context';
import { draw, words } from '../draw';
import { blockRun, run } from '../samples';

const at = (second: number): string =>
  new Date(Date.UTC(2027, 2, 12, 9, 0, second)).toISOString();

function attempt(number: number, fields: Partial<Attempt> = {}): Attempt {
  return {
    block: 'join',
    item: null,
    number,
    outcome: 'failed',
    started_at: at(0),
    ended_at: at(2),
    worker_pid: 42,
    peak_memory: null,
    cpu: null,
    error: null,
    ...fields
  };
}

const error = {
  type: 'MergeError',
  message: 'keys are not unique\nmore',
  traceback: '',
  file: null,
  file_line: null,
  cell_id: null,
  line: null,
  column: null
};
const both = [
  attempt(1, { error }),
  attempt(2, {
    started_at: at(4),
    ended_at: null,
    outcome: null,
    peak_memory: 388_000_000
  })
];
const now = Date.parse(at(10));
const whole = run({ state: 'running', started_at: at(0), ended_at: null });

describe('the attempts of a block', () => {
  let context: Context;

  beforeEach(() => {
    context = new Context();
  });

  afterEach(() => {
    context.dispose();
    document.body.replaceChildren();
  });

  it('stand on the axis of the run, with the waits between them', () => {
    const found = tries(both, axis(whole, now), now);
    expect(found.map(one => one.bar)).toEqual([
      { from: 0, length: 0.2 },
      { from: 0.4, length: 0.6 }
    ]);
    expect(found[0].pause).toBeNull();
    expect(found[1].pause?.from).toBeCloseTo(0.2);
    expect(found[1].pause?.length).toBeCloseTo(0.2);
    expect(found[1].paused).toBe(2000);
  });

  it('end as the states of their block', () => {
    const state = (outcome: string | null): string =>
      attemptState(attempt(1, { outcome }));
    expect(
      ['success', 'cancelled', 'crashed', 'timeout', null].map(state)
    ).toEqual(['success', 'cancelled', 'failed', 'failed', 'running']);
  });

  it('are listed with how each ended and why', async () => {
    const node = await draw(
      <AttemptsTab run={whole} attempts={both} now={now} context={context} />
    );
    const rows = [...node.querySelectorAll('tbody tr')].map(words);
    expect(rows[0]).toContain('1Failed0.00 s2.0 s');
    expect(rows[0]).toContain('MergeError: keys are not unique');
    expect(rows[0]).not.toContain('more');
    expect(rows[1]).toContain('2Running4.0 s6.0 s388 MB');
  });

  const lane = (
    fields: Parameters<typeof blockRun>[1],
    attempts: Attempt[] = []
  ): Promise<HTMLElement> => {
    const one = blockRun('join', fields);
    return draw(
      <Lane
        one={one}
        all={[one, blockRun('clean', { state: 'failed' })]}
        attempts={attempts}
        scale={axis(whole, now)}
        now={now}
        context={context}
      />
    );
  };

  it('are bars with their numbers and the length of the wait', async () => {
    const node = await lane({ state: 'running', started_at: at(0) }, both);
    const bars = [...node.querySelectorAll<HTMLElement>('.mage-Lane-bar')];
    expect(bars.map(words)).toEqual(['1', '2']);
    expect(bars.map(bar => bar.dataset['state'])).toEqual([
      'failed',
      'running'
    ]);
    expect(words(node.querySelector('.mage-Lane-pause'))).toBe('2.0 s');
  });

  it('have their time where there is room for it', async () => {
    const side = async (from: number, to: number): Promise<unknown> => {
      const node = await lane({ started_at: at(from), ended_at: at(to) });
      return node.querySelector<HTMLElement>('.mage-Lane-time')?.dataset[
        'side'
      ];
    };
    expect(await side(0, 4)).toBe('after');
    expect(await side(5, 10)).toBe('before');
    expect(await side(0, 10)).toBe('within');
  });

  it('are words where a block did not run', async () => {
    const waits = await lane({ state: 'pending', upstream: ['clean'] });
    expect(words(waits)).toBe('waits for clean');
    const reused = await lane({
      cached: true,
      started_at: at(0),
      ended_at: at(0)
    });
    expect(words(reused)).toBe('reused');
  });
});
