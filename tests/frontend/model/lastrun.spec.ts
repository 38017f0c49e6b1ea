import { LastRun, Mage } from '../../../labextension/src/model';
import { FakeEvents, until, Wire } from '../wire';

describe('the last run of a pipeline', () => {
  let wire: Wire;
  let mage: Mage;
  let last: LastRun;

  beforeEach(() => {
    wire = new Wire()
      .on('GET projects', { items: [], next: null })
      .on('GET engine', {})
      .on('GET runs', { items: [{ id: 'r2' }, { id: 'r1' }], next: null })
      .on('GET runs/r2', {
        id: 'r2',
        block_runs: [{ block: 'clean', state: 'success' }]
      });
    mage = new Mage({
      serverSettings: wire.settings,
      events: new FakeEvents()
    } as never);
    last = new LastRun(mage);
  });

  afterEach(() => {
    last.dispose();
    mage.projects.dispose();
    mage.engine.dispose();
  });

  const asked = (): Record<string, string>[] =>
    wire.requests.filter(({ path }) => path === 'runs').map(r => r.query);

  it('is read with its blocks, once for a pipeline', async () => {
    last.follow('p', 'n');
    last.follow('p', 'n');
    await until(() => last.run !== null);
    expect(last.run?.id).toBe('r2');
    expect(last.block('clean')?.state).toBe('success');
    expect(last.block('other')).toBeNull();
    expect(asked()).toHaveLength(1);
    expect(asked()[0]).toMatchObject({ project: 'p', pipeline: 'n' });
  });

  it('goes when another pipeline is followed, or none', async () => {
    last.follow('p', 'n');
    await until(() => last.run !== null);
    const told = jest.fn();
    last.changed.connect(told);
    last.follow(null, null);
    expect(last.run).toBeNull();
    expect(told).toHaveBeenCalledTimes(1);
    wire.on('GET runs', { items: [], next: null });
    last.follow('p', 'fresh');
    await until(() => asked().length === 2);
    expect(last.run).toBeNull();
  });

  it('is not taken from an answer that comes too late', async () => {
    let answer: (run: object) => void = () => undefined;
    const late = new Promise<object>(resolve => (answer = resolve));
    wire.on('GET runs/r2', () => late);
    last.follow('p', 'n');
    await until(() => wire.requests.some(({ path }) => path === 'runs/r2'));
    last.follow(null, null);
    answer({ id: 'r2', block_runs: [] });
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(last.run).toBeNull();
  });
});
