import { nullTranslator } from '@jupyterlab/translation';

import type { EngineStatus } from '../../../labextension/src/contract';
import { engineSentence } from '../../../labextension/src/status/engine';

const trans = nullTranslator.load('mage_jlab');
const say = (others: Partial<EngineStatus>, online = true): string =>
  engineSentence(
    {
      state: 'running',
      pid: 1,
      version: '0.1.0',
      running_blocks: 0,
      queued_blocks: 0,
      live_runs: 0,
      next_fire_at: null,
      next_fire_pipeline: null,
      started_at: null,
      stopped_at: null,
      trouble: null,
      ...others
    },
    online,
    trans
  );

describe('the engine in the status bar', () => {
  it('says what runs and what waits', () => {
    expect(say({ live_runs: 1, running_blocks: 1 })).toBe(
      'Engine: 1 block running'
    );
    expect(say({ live_runs: 2, running_blocks: 3, queued_blocks: 4 })).toBe(
      'Engine: 3 blocks running, 4 waiting'
    );
  });

  it('says when it starts a run next', () => {
    const at = new Date(2026, 10, 24, 2, 30).toISOString();
    expect(say({ next_fire_at: at })).toBe('Engine: idle, next run 02:30');
    expect(say({})).toBe('Engine: idle');
  });

  it('tells an engine that is missed from one that was never started', () => {
    expect(say({ state: 'stopped' })).toBe('Engine: not started');
    expect(say({ state: 'stopped', live_runs: 1 })).toBe('Engine: not running');
    expect(say({ state: 'draining' })).toBe('Engine: stops after what runs');
  });

  it('says that something is wrong with it', () => {
    expect(say({ trouble: 'It died five times within a minute.' })).toBe(
      'Engine: needs you'
    );
  });

  it('knows nothing while the server does not answer', () => {
    expect(say({ live_runs: 1 }, false)).toBe(
      'Engine: no connection to the server'
    );
  });
});
