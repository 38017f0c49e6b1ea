import { MageClient, RequestError } from '../../../labextension/src/client';
import { problemOf } from '../analyses';
import { Refusal, Wire } from '../wire';

const content = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };

describe('the client', () => {
  let wire: Wire;
  let client: MageClient;

  beforeEach(() => {
    wire = new Wire();
    client = new MageClient(wire.settings);
  });

  const asked = (): string => {
    const { method, path, query } = wire.requests[wire.requests.length - 1];
    const { ...others } = query;
    for (const key of Object.keys(others)) {
      if (/^\d{10,}$/.test(key)) {
        delete others[key];
      }
    }
    const text = new URLSearchParams(others).toString();
    return `${method} ${path}${text ? `?${text}` : ''}`;
  };

  it.each<[string, (client: MageClient) => Promise<unknown>]>([
    ['GET projects', c => c.projects.list()],
    ['POST projects', c => c.projects.open('demo', { create: true })],
    ['GET projects/p 1', c => c.projects.get('p 1')],
    [
      'GET projects/p/pipelines?search=fl&limit=5',
      c => c.pipelines.list('p', { search: 'fl', limit: 5, before: null })
    ],
    ['POST projects/p/pipelines', c => c.pipelines.create('p', 'new')],
    ['GET projects/p/pipelines/f', c => c.pipelines.get('p', 'f')],
    ['GET projects/p/pipelines/f/blocks', c => c.pipelines.blocks('p', 'f')],
    [
      'GET projects/p/pipelines/f/blocks/b',
      c => c.pipelines.block('p', 'f', 'b')
    ],
    [
      'PUT projects/p/pipelines/f/blocks/b',
      c => c.pipelines.saveBlock('p', 'f', 'b', 'code', 'hash')
    ],
    [
      'GET runs?project=p&pipeline=f&state=failed',
      c => c.runs.list({ project: 'p', pipeline: 'f', state: 'failed' })
    ],
    ['POST runs', c => c.runs.start({ project: 'p', pipeline: 'f' })],
    ['GET runs/r', c => c.runs.get('r')],
    ['GET runs/r/block_runs?block=b', c => c.runs.blockRuns('r', 'b')],
    ['GET runs/r/log?after=7', c => c.runs.log('r', { after: '7' })],
    ['POST runs/r/cancel', c => c.runs.cancel('r')],
    ['POST runs/r/retry', c => c.runs.retry('r', 'current')],
    ['GET projects/p/triggers?pipeline=f', c => c.triggers.list('p', 'f')],
    [
      'POST projects/p/triggers',
      c =>
        c.triggers.add('p', {
          name: 'n',
          pipeline: 'f',
          kind: 'cron',
          spec: '0 2 * * *'
        })
    ],
    ['GET triggers/t', c => c.triggers.get('t')],
    ['PATCH triggers/t', c => c.triggers.update('t', { enabled: false })],
    ['POST triggers/t/fire', c => c.triggers.fire('t')],
    ['GET triggers/t/next?count=3', c => c.triggers.next('t', 3)],
    [
      'GET schedule?kind=interval&spec=15m&tz=UTC&count=10',
      c => c.triggers.preview('interval', '15m', 'UTC')
    ],
    ['GET products/x', c => c.products.get('x')],
    ['GET products/x/rows?offset=0&limit=50', c => c.products.rows('x', 0, 50)],
    [
      'GET products/x/rows?offset=0&limit=9&sort=-n',
      c => c.products.rows('x', 0, 9, { sort: '-n', filter: [] })
    ],
    ['GET products/x/profile', c => c.products.profile('x')],
    ['POST notebooks/check', c => c.notebooks.check('n.ipynb')],
    ['POST notebooks/tag', c => c.notebooks.guess('n.ipynb', content)],
    ['POST notebooks/tag', c => c.notebooks.choose('n.ipynb', content, [])],
    [
      'POST notebooks/fix',
      c => c.notebooks.fix('n.ipynb', content, problemOf('c', 1, 1, 2), 'move')
    ],
    ['POST notebooks/open', c => c.notebooks.open('p', 'f')],
    ['GET engine', c => c.engine.status()],
    ['POST engine/start', c => c.engine.start()],
    ['POST engine/stop', c => c.engine.stop(true)],
    ['GET engine/log?lines=9', c => c.engine.log(9)]
  ])('asks %s', async (row, call) => {
    wire.on(row.split('?')[0], { items: [], next: null, lines: [] });
    await call(client);
    expect(asked()).toBe(row);
  });

  it('sends what a verb needs in its body', async () => {
    wire
      .on('PUT projects/p/pipelines/f/blocks/b', {})
      .on('POST runs/r/retry', {})
      .on('POST engine/stop', {});
    await client.pipelines.saveBlock('p', 'f', 'b', 'x = 1', 'abc');
    await client.runs.retry('r');
    await client.engine.stop();
    expect(wire.requests.map(request => request.body)).toEqual([
      { code: 'x = 1', hash: 'abc' },
      { code: 'run' },
      { drain: false }
    ]);
  });

  it('removes without an answer', async () => {
    wire.on('DELETE triggers/t', undefined);
    await expect(client.triggers.remove('t')).resolves.toBeUndefined();
  });

  it('keeps a slash of a name inside its part of the path', async () => {
    wire.on('GET projects/p/pipelines/f/blocks/a%2Fb', { name: 'a/b' });
    const block = await client.pipelines.block('p', 'f', 'a/b');
    expect(block.name).toBe('a/b');
  });

  it('gives the sentence, reason and status of a refusal', async () => {
    wire.on(
      'GET runs/r',
      new Refusal(404, { message: 'There is no run r.', reason: 'not-found' })
    );
    const error = await client.runs.get('r').catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({
      message: 'There is no run r.',
      reason: 'not-found',
      status: 404,
      offline: false
    });
  });

  it('says so when the server gives no answer', async () => {
    const answered: boolean[] = [];
    client.transport.answered.connect((_, there) => answered.push(there));
    wire.reachable = false;
    const error = await client.engine.status().catch((e: unknown) => e);
    expect(error).toMatchObject({ reason: 'no-connection', offline: true });
    expect(answered).toEqual([false]);
  });

  it('gives the outcome of an export that was refused for its conflicts', async () => {
    const outcome = {
      pipeline: 'f',
      conflicts: [{ path: 'a.py', block: 'a', message: 'It changed.' }],
      diagnostics: [],
      message: 'Nothing was written.',
      reason: 'conflict'
    };
    wire.on('POST notebooks/export', new Refusal(409, outcome));
    const request = { path: 'n.ipynb', dry_run: false, diff: true };
    await expect(client.notebooks.export(request)).resolves.toEqual(outcome);
    wire.on('POST notebooks/export', new Refusal(404, { message: 'No.' }));
    await expect(client.notebooks.export(request)).rejects.toThrow('No.');
  });

  it('puts the token into the address of a socket only', () => {
    expect(client.transport.socketUrl('runs/r/log/tail', { block: 'b' })).toBe(
      'ws://server/hub/mage/runs/r/log/tail?block=b&token=secret'
    );
    expect(client.products.fileUrl('x', 'csv')).toBe(
      'http://server/hub/mage/products/x/file?format=csv'
    );
  });
});
