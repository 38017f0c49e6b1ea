import type { NotebookModel } from '@jupyterlab/notebook';

import { setBlockType, Workbench } from '../../../labextension/src/model';
import { MageClient } from '../../../labextension/src/client';
import { analysisOf, blockOf, lastRunOf, problemOf } from '../analyses';
import { notebookOf } from '../notebooks';
import { Refusal, until, Wire } from '../wire';

const rest = (): Promise<void> =>
  new Promise(resolve => setTimeout(resolve, 400));

describe('a workbench', () => {
  let wire: Wire;
  let bench: Workbench;
  const checked = {
    analysis: analysisOf(
      [{ ...blockOf('a'), cell_id: 'c0' }],
      [problemOf('c0', 1, 1, 2)]
    ),
    project: { id: 'p', uuid: 'u', name: 'p', path: 'p' }
  };

  const open = (model: NotebookModel): Workbench => {
    bench = new Workbench({
      model,
      path: () => 'p/n.ipynb',
      client: new MageClient(wire.settings).notebooks,
      last: lastRunOf()
    });
    return bench;
  };

  beforeEach(() => {
    wire = new Wire().on('POST notebooks/check', checked);
  });

  afterEach(() => bench.dispose());

  it('leaves a notebook without a tag alone', async () => {
    const model = notebookOf({ source: 'a = 1' });
    open(model);
    model.cells.get(0).sharedModel.setSource('a = 2');
    await rest();
    expect(wire.requests).toEqual([]);
    expect(bench.isPipeline).toBe(false);
  });

  it('analyses what is written, saved or not, once typing rests', async () => {
    const model = notebookOf({ source: 'a = 1', tags: ['block:custom'] });
    open(model);
    const source = model.cells.get(0).sharedModel;
    source.setSource('a = 2');
    source.setSource('a = 3');
    await until(() => bench.analysis !== null);
    const bodies = wire.bodies('POST notebooks/check');
    expect(bodies).toHaveLength(1);
    expect(bodies[0]).toMatchObject({
      path: 'p/n.ipynb',
      notebook: {
        cells: [{ id: 'c0', source: 'a = 3', outputs: [] }],
        nbformat: 4
      }
    });
    expect(bench.project?.id).toBe('p');
    expect(bench.block('c0')?.name).toBe('a');
    expect(bench.diagnostics('c0', 'error')).toHaveLength(1);
    expect(bench.diagnostics('c0', 'warning')).toEqual([]);
  });

  it('does not analyse anew for outputs', async () => {
    const model = notebookOf({ source: 'a = 1', tags: ['block:custom'] });
    open(model);
    await until(() => bench.analysis !== null);
    const cell = model.cells.get(0) as unknown as {
      outputs: { add: (output: object) => void };
    };
    cell.outputs.add({ output_type: 'stream', name: 'stdout', text: 'hi' });
    await rest();
    expect(wire.requests).toHaveLength(1);
  });

  it('tells at once when a cell is tagged, and forgets all when the last tag goes', async () => {
    const model = notebookOf({ source: 'a = 1' });
    open(model);
    const changed = jest.fn();
    bench.changed.connect(changed);
    setBlockType(model.cells.get(0), 'chart');
    expect(changed).toHaveBeenCalledTimes(1);
    await until(() => bench.analysis !== null);
    setBlockType(model.cells.get(0), null);
    await until(() => bench.analysis === null);
    expect(wire.requests).toHaveLength(1);
  });

  it('keeps the last analysis beside the error when the server cannot say', async () => {
    const model = notebookOf({ source: 'a = 1', tags: ['block:custom'] });
    open(model);
    await until(() => bench.analysis !== null);
    wire.on(
      'POST notebooks/check',
      new Refusal(400, { message: 'It is no notebook.', reason: 'bad-input' })
    );
    await bench.check();
    expect(bench.error?.message).toBe('It is no notebook.');
    expect(bench.analysis).not.toBeNull();
  });

  it('says nothing of a kernel and a language that are not known yet', () => {
    const model = notebookOf({ source: 'a = 1' });
    open(model);
    model.setMetadata('language_info', { name: '' });
    expect(bench.content().metadata).toEqual({});
    model.setMetadata('language_info', { name: 'python' });
    expect(bench.content().metadata).toEqual({
      language_info: { name: 'python' }
    });
  });
});
