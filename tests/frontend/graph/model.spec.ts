import { PipelineState } from '../../../labextension/src/graph/model';
import { Context } from '../context';
import { block, blockRun, pipeline, run } from '../samples';
import { Refusal, until } from '../wire';

const rows = {
  id: 'x1',
  name: 'raw',
  type: 'frame' as const,
  rows: 3,
  columns: 2,
  bytes: 10
};

describe('what the pipeline view shows', () => {
  let context: Context;
  let state: PipelineState;

  const open = (): PipelineState => {
    state = new PipelineState(context.mage, 'p', 'sales');
    return state;
  };

  beforeEach(() => {
    context = new Context();
    context.wire
      .on(
        'GET projects/p/pipelines/sales',
        pipeline([block('raw'), block('total', ['raw'])])
      )
      .on('GET projects/p/pipelines/sales/blocks/raw', {
        ...block('raw'),
        code: 'raw = 1'
      })
      .on('GET projects/p/pipelines/sales/blocks/total', {
        ...block('total'),
        code: 'total = raw'
      })
      .on('GET projects/p/triggers', { items: [], next: null })
      .on('GET runs', { items: [], next: null });
  });

  afterEach(() => {
    state.dispose();
    context.dispose();
  });

  it('selects the first block and reads its code', async () => {
    open();
    await until(() => state.block !== null);
    expect(state.selected).toBe('raw');
    expect(state.block?.code).toBe('raw = 1');
    state.select('total');
    expect(state.block).toBeNull();
    await until(() => state.block !== null);
    expect(state.block?.code).toBe('total = raw');
  });

  it('reads what the selected block gave in the newest run', async () => {
    const output = { ...rows, id: 'o', name: '_display' };
    const full = run({
      id: 'r2',
      block_runs: [blockRun('raw', { products: [output, rows] })]
    });
    context.wire
      .on('GET runs', { items: [run({ id: 'r2' })], next: null })
      .on('GET runs/r2', full)
      .on('GET products/x1', { ...rows, block: 'raw', preview: [[1, 2]] });
    open();
    await until(() => state.product !== null);
    expect(state.productOf('raw')).toBe('x1');
    expect(state.productOf('total')).toBeNull();
    expect(state.product?.preview).toEqual([[1, 2]]);
  });

  it('starts a run, or a part of one', async () => {
    context.wire
      .on('POST runs', run({ id: 'r9', state: 'running' }))
      .on('GET runs/r9', run({ id: 'r9', state: 'running' }));
    open();
    await state.start({ from: 'total', variables: { limit: 3 } });
    expect(context.wire.bodies('POST runs')).toEqual([
      {
        project: 'p',
        pipeline: 'sales',
        from: 'total',
        variables: { limit: 3 }
      }
    ]);
    expect(state.starting).toBe(false);
    await until(() => state.run?.id === 'r9');
  });

  it('holds a run back while the notebook is ahead, until a word is said', async () => {
    context.wire
      .on('GET projects/p/pipelines/sales', {
        ...pipeline([block('raw')]),
        workbench: 'notebooks/sales.ipynb'
      })
      .on('POST notebooks/export', { written: ['a.py'], conflicts: [] })
      .on('POST runs', run({ id: 'r9' }))
      .on('GET runs/r9', run({ id: 'r9' }));
    open();
    await until(() => state.pipeline.value !== null);
    await state.start({ block: 'raw' });
    expect(state.held).toEqual({ files: 1, part: { block: 'raw' } });
    expect(context.wire.bodies('POST notebooks/export')).toEqual([
      { path: 'shop/notebooks/sales.ipynb', dry_run: true, diff: false }
    ]);
    expect(context.wire.bodies('POST runs')).toEqual([]);
    state.release();
    expect(state.held).toBeNull();
    await state.start({ block: 'raw' }, true);
    expect(context.wire.bodies('POST runs')).toHaveLength(1);
  });

  it('keeps the sentence of what did not work until it is forgotten', async () => {
    context.wire.on(
      'POST runs',
      new Refusal(422, { message: 'raw has no product.', reason: 'no' })
    );
    open();
    await state.start();
    expect(state.problem).toBe('raw has no product.');
    state.forget();
    expect(state.problem).toBeNull();
  });
});
