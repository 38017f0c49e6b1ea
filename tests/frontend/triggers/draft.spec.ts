import type { ServiceManager } from '@jupyterlab/services';

import { Mage } from '../../../labextension/src/model';
import { TriggerDraft } from '../../../labextension/src/triggers/draft';
import { pipeline, trigger } from '../samples';
import { FakeEvents, Refusal, until, Wire } from '../wire';

const time = (hour: string): object => ({
  at: `2027-03-12T${hour}:00Z`,
  local: `2027-03-12T${hour}:00+00:00`,
  zone: 'UTC',
  note: null
});

describe('a trigger that is being written', () => {
  let wire: Wire;
  let mage: Mage;
  let draft: TriggerDraft;

  beforeEach(async () => {
    wire = new Wire()
      .on('GET projects', { items: [], next: null })
      .on('GET engine', { state: 'running', live_runs: 0 })
      .on('GET projects/p/pipelines/sales', pipeline([]))
      .on('GET schedule', { items: [time('02:30')], next: null });
    mage = new Mage({
      serverSettings: wire.settings,
      events: new FakeEvents()
    } as unknown as ServiceManager.IManager);
    draft = new TriggerDraft(mage, { project: 'p', pipeline: 'sales' });
    await until(() => draft.times.length === 1);
  });

  afterEach(() => {
    draft.dispose();
    mage.projects.dispose();
    mage.engine.dispose();
  });

  const asked = (): string[] =>
    wire.requests
      .filter(request => request.path === 'schedule')
      .map(request => request.query['spec']);

  it('asks for the times once after a burst of letters', async () => {
    for (const cron of ['0', '0 6', '0 6 * * *']) {
      draft.change({ specs: { ...draft.draft.specs, cron } });
    }
    await until(() => asked().length === 2);
    expect(asked()).toEqual(['30 2 * * *', '0 6 * * *']);
  });

  it('keeps the last good times beside the sentence of what is wrong', async () => {
    wire.on('GET schedule', new Refusal(400, { message: 'The third field…' }));
    draft.change({ specs: { ...draft.draft.specs, cron: '30 2 45 * *' } });
    await until(() => draft.badSpec !== null);
    expect(draft.badSpec).toBe('The third field…');
    expect(draft.times).toHaveLength(1);
    draft.change({ name: 'Nightly' });
    expect(draft.ready).toBe(false);
  });

  it('can be saved once it has a name, and is fired when that is asked', async () => {
    expect(draft.ready).toBe(false);
    draft.change({ name: ' Nightly ' });
    expect(draft.ready).toBe(true);
    wire
      .on('POST projects/p/triggers', trigger())
      .on('POST triggers/t1/fire', { id: 'r9' });
    const saved = await draft.save(true);
    expect(saved?.run?.id).toBe('r9');
    expect(wire.bodies('POST projects/p/triggers')).toEqual([
      expect.objectContaining({
        name: 'Nightly',
        pipeline: 'sales',
        kind: 'cron',
        spec: '30 2 * * *',
        enabled: true
      })
    ]);
  });

  it('says why it was refused, and can be tried again', async () => {
    draft.change({ name: 'Nightly' });
    wire.on(
      'POST projects/p/triggers',
      new Refusal(409, { message: 'Nightly is there already.' })
    );
    expect(await draft.save(false)).toBeNull();
    expect(draft.problem).toBe('Nightly is there already.');
    expect(draft.ready).toBe(true);
  });

  it('changes a stored trigger', async () => {
    wire
      .on(
        'GET triggers/t1',
        trigger({ spec: '0 6 * * *', tz: 'Europe/Berlin' })
      )
      .on('PATCH triggers/t1', trigger());
    const stored = new TriggerDraft(mage, { trigger: 't1' });
    await until(() => stored.trigger !== null);
    expect(stored.draft.specs.cron).toBe('0 6 * * *');
    expect(stored.pipelineName).toBe('sales');
    stored.change({ enabled: false });
    await stored.save(false);
    expect(wire.bodies('PATCH triggers/t1')).toEqual([
      expect.objectContaining({ enabled: false, tz: 'Europe/Berlin' })
    ]);
    stored.dispose();
  });
});
