import { nullTranslator } from '@jupyterlab/translation';

import {
  rowSentence,
  stripSentence,
  whatComes,
  whatHappened
} from '../../../labextension/src/sidebar/sentences';
import { runTime } from '../../../labextension/src/runs/sentences';
import {
  triggerLast,
  triggerNext
} from '../../../labextension/src/triggers/sentences';
import { mark, row, run, trigger } from '../samples';

const trans = nullTranslator.load('mage_jlab');
const said = (text: string): string => text.replace(/\u00a0/g, ' ');
const NOW = Date.parse('2027-03-12T09:02:10.000Z');

describe('sentences of the lists', () => {
  it.each([
    [{ state: 'success' as const }, '2 min ago, 10 s'],
    [
      { state: 'failed' as const, failed_block: 'join' },
      'Failed at join, 2 min ago'
    ],
    [{ state: 'running' as const, ended_at: null }, 'Run 1, 2 m 10 s'],
    [{ state: 'queued' as const, started_at: null }, 'Run 1 waits'],
    [{ state: 'cancelled' as const }, 'Cancelled 2 min ago'],
    [{ state: 'needs_attention' as const }, 'Waits for an answer, 2 min ago']
  ])('says what happened last: %p', (fields, text) => {
    const one = row('sales', { last_runs: [mark(fields)] });
    expect(said(whatHappened(one, trans, NOW))).toBe(text);
  });

  it('says that a pipeline never ran, and where one cannot be read', () => {
    expect(whatHappened(row('sales'), trans, NOW)).toBe('Never run');
    const problem = {
      message: 'no',
      file: 'pipelines/sales/metadata.yaml',
      line: 14,
      column: 5
    };
    expect(whatHappened(row('sales', { problem }), trans, NOW)).toBe(
      'metadata.yaml, line 14'
    );
  });

  it('says what comes', () => {
    expect(whatComes(row('sales'), trans, NOW)).toBe('no trigger');
    expect(whatComes(row('sales', { triggers: 1 }), trans, NOW)).toBe('paused');
    const next = row('sales', {
      triggers: 1,
      next_at: new Date(NOW + 3600e3).toISOString()
    });
    expect(whatComes(next, trans, NOW)).toMatch(/^next \d\d:\d\d$/);
  });

  it('says a strip and a row as one sentence', () => {
    const runs = [mark(), mark({ id: 'r2', state: 'failed' }), mark()];
    expect(stripSentence(runs, trans)).toBe('last 3 runs: 2 success, 1 failed');
    expect(
      said(rowSentence(row('sales', { last_runs: runs }), trans, NOW))
    ).toBe(
      'sales, success, 2 min ago, 10 s, last 3 runs: 2 success, 1 failed, no trigger'
    );
  });

  it('says when a trigger fires, or why it does not', () => {
    const next_at = new Date(NOW + 180e3).toISOString();
    expect(triggerNext(trigger({ next_at }), trans, NOW)).toBe('in 3 min');
    expect(triggerNext(trigger({ enabled: false }), trans, NOW)).toBe(
      'not enabled here'
    );
    expect(
      triggerNext(trigger({ enabled: false, active: false }), trans, NOW)
    ).toBe('paused');
    expect(triggerLast(trigger(), trans, NOW)).toBe('never fired');
    const fired = trigger({
      last_at: '2027-03-12T09:00:00Z',
      last_state: 'failed'
    });
    expect(triggerLast(fired, trans, NOW)).toBe('last failed, 2 min ago');
  });

  it('says the time of a run', () => {
    expect(runTime(run({ state: 'queued' }), trans, NOW)).toBe('waits');
    expect(said(runTime(run({ state: 'running' }), trans, NOW))).toBe(
      '2 m 10 s'
    );
    expect(runTime(run(), trans, NOW)).toBe('2 min ago');
  });
});
