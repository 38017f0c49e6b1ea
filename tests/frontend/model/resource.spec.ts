import { MageClient, RequestError } from '../../../labextension/src/client';
import {
  CHANGED_SCHEMA,
  Connection,
  Events,
  ListModel,
  Resource
} from '../../../labextension/src/model';
import { FakeEvents, until, Wire } from '../wire';

const event = (seq: number, others: object = {}) => ({
  schema_id: CHANGED_SCHEMA,
  seq,
  at: '2026-11-24T02:30:00Z',
  kind: 'run',
  project: 'p',
  pipeline: 'f',
  run: 'r',
  block: null,
  trigger: null,
  state: null,
  payload: {},
  ...others
});

describe('a resource', () => {
  let wire: Wire;
  let client: MageClient;
  let pushed: FakeEvents;
  let connection: Connection;
  let events: Events;
  let sources: Resource.ISources;

  beforeEach(() => {
    wire = new Wire();
    client = new MageClient(wire.settings);
    pushed = new FakeEvents();
    connection = new Connection(client);
    events = new Events(pushed as never);
    sources = { connection, events };
  });

  afterEach(() => {
    connection.dispose();
    events.dispose();
  });

  it('is read at once, and changes only when the value does', async () => {
    let value = { n: 1 };
    const read = jest.fn(() => Promise.resolve({ ...value }));
    const resource = new Resource({ ...sources, name: 'n', read });
    const changes: (number | undefined)[] = [];
    resource.changed.connect(() => changes.push(resource.value?.n));
    expect(resource.loading).toBe(true);
    await until(() => resource.value !== null);
    await resource.refresh();
    value = { n: 2 };
    await resource.refresh();
    expect(changes).toEqual([1, 2]);
    expect(read).toHaveBeenCalledTimes(3);
    resource.dispose();
  });

  it('keeps the last value beside the error, and loses the error when it is read again', async () => {
    let fails = false;
    const resource = new Resource({
      ...sources,
      name: 'n',
      read: () =>
        fails
          ? Promise.reject(new RequestError('No.', 'conflict', 409))
          : Promise.resolve('good')
    });
    await until(() => resource.value === 'good');
    fails = true;
    await resource.refresh();
    expect([resource.value, resource.error?.reason]).toEqual([
      'good',
      'conflict'
    ]);
    fails = false;
    await resource.refresh();
    expect(resource.error).toBeNull();
    resource.dispose();
  });

  it('does not let an answer that was overtaken win', async () => {
    const answers: ((value: string) => void)[] = [];
    const resource = new Resource<string>({
      ...sources,
      name: 'n',
      read: () => new Promise(resolve => answers.push(resolve))
    });
    await until(() => answers.length === 1);
    void resource.refresh();
    await until(() => answers.length === 2);
    answers[1]('new');
    await until(() => resource.value === 'new');
    answers[0]('old');
    await new Promise(resolve => setTimeout(resolve, 10));
    expect(resource.value).toBe('new');
    resource.dispose();
  });

  it('is read again when an event concerns it, and not when none does', async () => {
    let times = 0;
    const read = jest.fn(() => Promise.resolve((times += 1)));
    const resource = new Resource({
      ...sources,
      name: 'n',
      read,
      concerns: ({ run }) => run === 'r'
    });
    await until(() => resource.value === 1);
    pushed.emit(event(1, { run: 'other' }));
    pushed.emit({ schema_id: 'https://elsewhere/v1', seq: 2, run: 'r' });
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(read).toHaveBeenCalledTimes(1);
    pushed.emit(event(2));
    pushed.emit(event(3));
    await until(() => resource.value === 2);
    resource.dispose();
  });

  it('is read again after a gap in the events, whatever the event', async () => {
    let times = 0;
    const read = jest.fn(() => Promise.resolve((times += 1)));
    const resource = new Resource({
      ...sources,
      name: 'n',
      read,
      concerns: () => false
    });
    await until(() => resource.value === 1);
    pushed.emit(event(7));
    pushed.emit(event(9));
    await until(() => resource.value === 2);
    resource.dispose();
  });

  it('is read again when the connection is back, and the connection tells of both', async () => {
    wire.on('GET engine', { state: 'stopped' });
    const states: boolean[] = [];
    sources.connection.changed.connect(c => states.push(c.online));
    const read = jest.fn(() => client.engine.status());
    const resource = new Resource({ ...sources, name: 'n', read });
    await until(() => resource.value !== null);
    wire.reachable = false;
    await resource.refresh();
    expect(resource.error?.offline).toBe(true);
    expect(sources.connection.lastAnswer).not.toBeNull();
    wire.reachable = true;
    expect(await sources.connection.tryNow()).toBe(true);
    await until(() => resource.error === null);
    expect(states).toEqual([false, true]);
    resource.dispose();
  });

  it('follows its pace', async () => {
    let times = 0;
    const resource = new Resource({
      ...sources,
      name: 'n',
      read: () => Promise.resolve((times += 1)),
      pace: value => (value === 1 ? 20 : 100_000)
    });
    await until(() => resource.value === 2);
    resource.dispose();
  });

  it('says nothing once it is disposed', async () => {
    const resource = new Resource({
      ...sources,
      name: 'n',
      read: () => Promise.resolve(1)
    });
    const changed = jest.fn();
    resource.changed.connect(changed);
    resource.dispose();
    await resource.refresh();
    pushed.emit(event(1));
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(changed).not.toHaveBeenCalled();
    expect(resource.isDisposed).toBe(true);
  });

  it('reads a list page by page, and as far as was asked', async () => {
    const rows = Array.from({ length: 250 }, (_, at) => at);
    const page = jest.fn(
      (query: { limit?: number; before?: string | null }) => {
        const from = Number(query.before ?? 0);
        const end = from + Math.min(query.limit ?? 0, 60);
        return Promise.resolve({
          items: rows.slice(from, end),
          next: end < rows.length ? String(end) : null
        });
      }
    );
    const list = new ListModel({ ...sources, name: 'n', page, query: {} });
    await until(() => list.items.length > 0);
    expect(list.items).toEqual(rows.slice(0, 100));
    expect(list.hasMore).toBe(true);
    await list.more();
    expect(list.items).toEqual(rows.slice(0, 200));
    await list.more();
    expect(list.items).toEqual(rows);
    expect(list.hasMore).toBe(false);
    await list.ask({ limit: 1 });
    expect(list.items).toEqual(rows.slice(0, 100));
    list.dispose();
  });
});
