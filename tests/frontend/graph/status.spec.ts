import { nullTranslator } from '@jupyterlab/translation';

import {
  shownState,
  statuses,
  statusLine
} from '../../../labextension/src/graph/status';
import { blockRun, run } from '../samples';

const trans = nullTranslator.load('mage_jlab');
const said = (text = ''): string => text.replace(/\u00a0/g, ' ');
const frame = {
  id: 'x',
  name: 'clean',
  type: 'frame' as const,
  rows: 327346,
  columns: 19,
  bytes: 48_200_000
};
const output = { ...frame, id: 'o', name: '_display', rows: 5, columns: 5 };

describe('what the graph says about a block', () => {
  it('tells a reused success from one that ran', () => {
    expect(shownState(blockRun('a', { cached: true }))).toBe('cached');
    expect(shownState(blockRun('a'))).toBe('success');
  });

  it('does not pretend to know what runs while the server is away', () => {
    expect(shownState(blockRun('a', { state: 'running' }), false)).toBe(
      'stale'
    );
    expect(shownState(blockRun('a', { state: 'failed' }), false)).toBe(
      'failed'
    );
  });

  it('says what a block gave, its result before what it displayed', () => {
    const one = blockRun('a', { products: [output, frame] });
    expect(statusLine(one, [one], trans)).toBe('327,346 × 19');
    expect(statusLine(blockRun('a'), [], trans)).toBe('gave nothing back');
  });

  it('says what a block waits for', () => {
    const a = blockRun('a', { state: 'running' });
    const b = blockRun('b', { state: 'pending', upstream: ['a'] });
    const c = blockRun('c', { state: 'pending', upstream: ['a', 'b'] });
    const all = [a, b, c];
    expect(statusLine(b, all, trans)).toBe('waits for a');
    expect(statusLine(c, all, trans)).toBe('waits for 2 blocks');
    expect(statusLine(blockRun('d', { state: 'ready' }), all, trans)).toBe(
      'waits for a slot'
    );
  });

  it('says how a block failed, and which one kept another from starting', () => {
    const error = {
      type: 'KeyError',
      message: "'amount'\nmore",
      traceback: '',
      file: null,
      file_line: null,
      cell_id: null,
      line: null,
      column: null
    };
    const a = blockRun('a', { state: 'failed', error });
    const b = blockRun('b', { state: 'upstream_failed', upstream: ['a'] });
    expect(statusLine(a, [a, b], trans)).toBe("KeyError: 'amount'");
    expect(statusLine(b, [a, b], trans)).toBe('a failed');
  });

  it('gives the time of what ran, and a word for what was reused', () => {
    const times = {
      started_at: '2027-03-12T09:00:00Z',
      ended_at: '2027-03-12T09:00:04.100Z'
    };
    const shown = run({
      block_runs: [
        blockRun('a', times),
        blockRun('b', { ...times, cached: true }),
        blockRun('c', { state: 'pending' })
      ]
    });
    const known = statuses(shown, trans, 0);
    expect(said(known.get('a')?.end)).toBe('4.1 s');
    expect(known.get('b')?.end).toBe('reused');
    expect(known.get('c')?.end).toBe('');
    expect(statuses(null, trans, 0).size).toBe(0);
  });
});
