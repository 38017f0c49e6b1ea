import { Notification } from '@jupyterlab/apputils';
import type { ServiceManager } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import type { Run } from '../../../labextension/src/contract';
import { Mage } from '../../../labextension/src/model';
import { RunEnds } from '../../../labextension/src/notifications/ends';
import { concerns, tell } from '../../../labextension/src/notifications/plugin';
import { blockRun, run } from '../samples';
import { FakeEvents, until, Wire } from '../wire';

describe('ends of runs', () => {
  let wire: Wire;
  let mage: Mage;

  beforeEach(() => {
    wire = new Wire()
      .on('GET projects', { items: [], next: null })
      .on('GET engine', { state: 'running', live_runs: 0 });
    mage = new Mage({
      serverSettings: wire.settings,
      events: new FakeEvents()
    } as unknown as ServiceManager.IManager);
  });

  afterEach(() => {
    mage.projects.dispose();
    mage.engine.dispose();
    Notification.dismiss();
  });

  it('are told of runs that were seen live or came since, never of old ones', async () => {
    const list = (...items: Run[]): void => {
      wire.on('GET runs', { items, next: null });
    };
    list(run({ id: 'b', state: 'running' }), run({ id: 'a' }));
    const runs = mage.runs({});
    const ends = new RunEnds(runs);
    const told: string[] = [];
    ends.ended.connect((_, one) => told.push(one.id), told);
    await until(() => runs.value !== null);
    expect(told).toEqual([]);
    list(run({ id: 'c', state: 'failed' }), run({ id: 'b' }), run({ id: 'a' }));
    await runs.refresh();
    await runs.refresh();
    expect(told.sort()).toEqual(['b', 'c']);
    ends.dispose();
    expect(runs.isDisposed).toBe(true);
  });

  it('are told again when a run went on and ended between two looks', async () => {
    const list = (ended_at: string): void => {
      wire.on('GET runs', {
        items: [run({ id: 'a', state: 'failed', ended_at })],
        next: null
      });
    };
    list('2027-03-12T09:00:10.000Z');
    const runs = mage.runs({});
    const ends = new RunEnds(runs);
    const told: (string | null)[] = [];
    ends.ended.connect((_, one) => told.push(one.ended_at), told);
    await until(() => runs.value !== null);
    list('2027-03-12T09:05:00.000Z');
    await runs.refresh();
    await runs.refresh();
    expect(told).toEqual(['2027-03-12T09:05:00.000Z']);
    ends.dispose();
  });

  it('concern who started the run, and all when a trigger failed', () => {
    expect(concerns(run(), true)).toBe(true);
    expect(concerns(run(), false)).toBe(false);
    expect(concerns(run(), true, true)).toBe(false);
    expect(concerns(run({ state: 'failed' }), true, true)).toBe(true);
    expect(concerns(run({ state: 'failed' }), false)).toBe(false);
    const nightly = { trigger: 'Nightly' };
    expect(concerns(run(nightly), false)).toBe(false);
    expect(concerns(run({ ...nightly, state: 'failed' }), false)).toBe(true);
    expect(concerns(run({ ...nightly, state: 'cancelled' }), false)).toBe(
      false
    );
  });

  it('know what was started, retried and fired from here', async () => {
    wire
      .on('POST runs', run({ id: 'a' }))
      .on('POST runs/b/retry', run({ id: 'b' }))
      .on('POST triggers/t/fire', run({ id: 'c', trigger: 'Nightly' }));
    const mine: string[] = [];
    const note = (_: unknown, one: Run): void => void mine.push(one.id);
    mage.client.runs.started.connect(note);
    mage.client.triggers.fired.connect(note);
    await mage.client.runs.start({ project: 'p', pipeline: 'sales' });
    await mage.client.runs.retry('b');
    await mage.client.triggers.fire('t');
    expect(mine).toEqual(['a', 'b', 'c']);
  });

  it('say success for a while', async () => {
    const trans = nullTranslator.load('mage_jlab');
    const context = { mage, commands: new CommandRegistry(), trans };
    await tell(run({ number: 418 }), context);
    expect(Notification.manager.notifications[0].message).toContain(
      'sales: run 418 in success'
    );
    await tell(run({ state: 'cancelled' }), context);
    expect(Notification.manager.count).toBe(1);
  });

  it('say where and why a run failed, until it is read', async () => {
    const trans = nullTranslator.load('mage_jlab');
    const context = { mage, commands: new CommandRegistry(), trans };
    const error = {
      type: 'KeyError',
      message: "'amount'\nsecond line",
      traceback: '',
      file: null,
      file_line: null,
      cell_id: null,
      line: null,
      column: null
    };
    const failed = run({
      id: 'f',
      number: 914,
      state: 'failed',
      trigger: 'Nightly',
      failed_block: 'load',
      block_runs: [blockRun('load', { state: 'failed', error })]
    });
    wire.on('GET runs/f', failed);
    await tell({ ...failed, block_runs: [] }, context);
    const [notice] = Notification.manager.notifications;
    expect(notice.message).toBe(
      "sales failed at load.\nRun 914. KeyError: 'amount'"
    );
    expect(notice.options.autoClose).toBe(false);
  });
});
