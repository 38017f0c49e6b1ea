import type { ServiceManager } from '@jupyterlab/services';

import { isLive, LogModel, Mage } from '../../../labextension/src/model';
import { FakeEvents, Refusal, until, Wire } from '../wire';

const project = (id: string) => ({ id, uuid: id, name: id, path: id });

describe('what all views share', () => {
  let wire: Wire;
  let mage: Mage;

  beforeEach(() => {
    wire = new Wire()
      .on('GET projects', { items: [project('a'), project('b')], next: null })
      .on('GET engine', { state: 'running', live_runs: 0 });
    mage = new Mage({
      serverSettings: wire.settings,
      events: new FakeEvents()
    } as unknown as ServiceManager.IManager);
  });

  afterEach(() => {
    mage.projects.dispose();
    mage.engine.dispose();
  });

  it('looks at the first project, at another on request, and at one that is opened', async () => {
    const seen: (string | undefined)[] = [];
    mage.projects.currentChanged.connect(p => seen.push(p.current?.id));
    await until(() => mage.projects.current !== null);
    mage.projects.choose(project('b'));
    mage.projects.choose(project('b'));
    wire
      .on('POST projects', project('c'))
      .on('GET projects', { items: [project('c')], next: null });
    await mage.projects.open('c', { create: true });
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(wire.bodies('POST projects')).toEqual([{ path: 'c', create: true }]);
  });

  it('takes the answer of an action without waiting for the next reading', async () => {
    wire.on('GET runs/r', { id: 'r', state: 'running', block_runs: [] });
    const run = mage.run('r');
    await until(() => run.value !== null);
    wire.on('POST runs/r/cancel', { id: 'r', state: 'cancelled' });
    await run.cancel();
    expect(run.value?.state).toBe('cancelled');
    run.dispose();
  });

  it('lets an action that is refused be told', async () => {
    wire.on('GET runs/r', { id: 'r', state: 'success', block_runs: [] });
    wire.on(
      'POST runs/r/retry',
      new Refusal(409, { message: 'Run 1 has nothing to retry.' })
    );
    const run = mage.run('r');
    await expect(run.retry()).rejects.toThrow('nothing to retry');
    run.dispose();
  });

  it('asks for the rows of one project, pipeline or run', async () => {
    wire
      .on('GET runs', { items: [], next: null })
      .on('GET projects/a/pipelines', { items: [], next: null })
      .on('GET projects/a/triggers', { items: [], next: null });
    const models = [
      mage.runs({ project: 'a', pipeline: 'f' }),
      mage.pipelines('a'),
      mage.triggers('a', 'f')
    ];
    await until(() => models.every(model => model.value !== null));
    const runs = wire.requests.find(({ path }) => path === 'runs');
    expect(runs?.query).toMatchObject({ project: 'a', pipeline: 'f' });
    const triggers = wire.requests.find(({ path }) =>
      path.endsWith('triggers')
    );
    expect(triggers?.query).toMatchObject({ pipeline: 'f' });
    models.forEach(model => model.dispose());
  });
});

describe('a log', () => {
  const line = (text: string) => ({
    at: '2026-11-24T02:30:00Z',
    block: 'b',
    attempt: 1,
    level: 'info',
    text
  });

  class Socket {
    static all: Socket[] = [];
    onmessage: ((message: { data: string }) => void) | null = null;
    onclose: (() => void) | null = null;
    closed = false;

    constructor(readonly url: string) {
      Socket.all.push(this);
    }

    close(): void {
      this.closed = true;
    }
  }

  beforeEach(() => {
    Socket.all = [];
  });

  const follow = (wire: Wire): LogModel => {
    const settings = { ...wire.settings, WebSocket: Socket };
    const mage = new Mage({
      serverSettings: settings,
      events: new FakeEvents()
    } as unknown as ServiceManager.IManager);
    mage.projects.dispose();
    mage.engine.dispose();
    return new LogModel(mage.client, 'r', 'b');
  };

  it('is followed by a socket until it ends', () => {
    const log = follow(new Wire());
    const [socket] = Socket.all;
    expect(socket.url).toContain('mage/runs/r/log/tail?block=b');
    const page = (lines: object[], ended: boolean) =>
      socket.onmessage?.({
        data: JSON.stringify({ lines, next: '9', ended })
      });
    page([line('one')], false);
    page([line('two')], true);
    expect(log.lines.map(({ text }) => text)).toEqual(['one', 'two']);
    expect([log.ended, socket.closed]).toEqual([true, true]);
    log.dispose();
  });

  it('reads on where a lost socket stopped, and opens another', async () => {
    const wire = new Wire();
    wire.on('GET runs/r/log', {
      lines: [line('two')],
      next: '12',
      ended: false
    });
    const log = follow(wire);
    const data = JSON.stringify({
      lines: [line('one')],
      next: '9',
      ended: false
    });
    Socket.all[0].onmessage?.({ data });
    Socket.all[0].onclose?.();
    await until(() => Socket.all.length === 2);
    expect(wire.requests[0].query.after).toBe('9');
    expect(Socket.all[1].url).toContain('after=12');
    expect(log.lines.map(({ text }) => text)).toEqual(['one', 'two']);
    log.dispose();
  });
});

describe('a state', () => {
  it('is live while something happens in it by itself', () => {
    expect(['queued', 'running', 'ready'].map(s => isLive(s as never))).toEqual(
      [true, true, true]
    );
    expect(['success', 'failed'].map(s => isLive(s as never))).toEqual([
      false,
      false
    ]);
  });
});
