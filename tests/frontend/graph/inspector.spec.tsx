import * as React from 'react';

import type { Run } from '../../../labextension/src/contract';
import { Inspector } from '../../../labextension/src/graph/inspector';
import { statuses } from '../../../labextension/src/graph/status';
import { CommandIDs } from '../../../labextension/src/tokens';
import { Context } from '../context';
import { click, draw, words } from '../draw';
import { block, blockRun, pipeline, run } from '../samples';

const raw = block('raw');
const total = { ...block('total', ['raw']), file: 'transformers/total.py' };
const flow = pipeline([raw, total]);
const product = {
  id: 'x',
  block: 'total',
  name: 'total',
  rows: 3,
  type: 'frame',
  schema: [{ name: 'market', type: 'large_string' }],
  preview: [['CA'], [null], ['US'], ['DE'], ['FR']],
  value: null
} as never;
const done = blockRun('total', {
  upstream: ['raw'],
  attempts: 2,
  ready_at: '2027-03-12T09:00:00.000Z',
  started_at: '2027-03-12T09:00:01.000Z',
  ended_at: '2027-03-12T09:00:05.100Z',
  peak_memory: 212_000_000
});

describe('the inspector', () => {
  let context: Context;
  const runs: unknown[] = [];
  const opened: string[] = [];

  const inspect = (
    last: Run,
    more: { preview?: boolean; past?: Run[]; online?: boolean } = {}
  ): Promise<HTMLElement> =>
    draw(
      <Inspector
        pipeline={flow}
        block={total}
        read={{ ...total, code: 'total = raw\n' }}
        product={product}
        preview={more.preview ?? true}
        status={statuses(last, context.trans, 0).get('total')}
        past={more.past ?? []}
        online={more.online ?? true}
        languages={null}
        context={context}
        onRun={part => runs.push(part)}
        onOpen={name => opened.push(name)}
      />
    );

  beforeEach(() => {
    context = new Context().allow(CommandIDs.openProduct, CommandIDs.openRun);
    runs.length = 0;
    opened.length = 0;
  });

  afterEach(() => {
    context.dispose();
    document.body.replaceChildren();
  });

  it('says what a block reads and how it fared', async () => {
    const node = await inspect(run({ block_runs: [blockRun('raw'), done] }));
    const facts = words(node.querySelector('dl'));
    expect(facts).toContain('Inputsraw from raw');
    expect(facts).toContain('Took4.1 s');
    expect(facts).toContain('Waited1.0 s');
    expect(facts).toContain('Attempts2');
    expect(facts).toContain('Memory212 MB at most');
    expect(words(node.querySelector('.mage-Code'))).toBe('total = raw');
  });

  it('leaves the rows to the graph where they stand beside the block', async () => {
    const last = run({ block_runs: [done] });
    expect((await inspect(last)).querySelectorAll('tbody tr')).toHaveLength(4);
    const other = await inspect(last, { preview: false });
    expect(other.querySelector('table')).toBeNull();
    await click(other, 'Product');
    expect(other.querySelectorAll('tbody tr')).toHaveLength(5);
    await click(other, 'Open');
    expect(context.opened).toEqual([
      [CommandIDs.openProduct, { product: 'x' }]
    ]);
  });

  it('shows the past of the block, the newest run first', async () => {
    const error = { type: 'KeyError', message: 'amont' } as never;
    const past = [
      run({ id: 'r1', number: 1, block_runs: [done] }),
      run({
        id: 'r2',
        number: 2,
        block_runs: [blockRun('total', { state: 'failed', error })]
      }),
      run({ id: 'r3', number: 3 })
    ];
    const node = await inspect(past[1], { past });
    await click(node, 'History');
    const rows = [...node.querySelectorAll<HTMLElement>('.mage-HistoryRow')];
    expect(rows.map(words)[0]).toContain('Run 2KeyError');
    expect(rows.map(words)[1]).toContain('Run 1Success4.1 s');
    expect(rows).toHaveLength(2);
    rows[1].click();
    expect(context.opened).toEqual([
      [CommandIDs.openRun, { run: 'r1', block: 'total' }]
    ]);
  });

  it('says when there is no past', async () => {
    const node = await inspect(run());
    await click(node, 'History');
    expect(words(node)).toContain('total has not run yet.');
  });

  it('shows why the block failed', async () => {
    const error = { type: 'KeyError', message: 'amont' } as never;
    const failed = blockRun('total', { state: 'failed', error });
    const node = await inspect(run({ block_runs: [failed] }));
    expect(words(node.querySelector('.mage-Inspector-error'))).toBe(
      'KeyError: amont'
    );
  });

  it('runs the block or what follows it, and opens its file', async () => {
    const node = await inspect(run());
    await click(node, 'Run from here');
    await click(node, 'Run this block');
    await click(node, 'transformers/total.py');
    expect(runs).toEqual([{ from: 'total' }, { block: 'total' }]);
    expect(opened).toEqual(['total']);
    const away = await inspect(run(), { online: false });
    const buttons = [...away.querySelectorAll('button')];
    expect(buttons.slice(0, 2).every(one => one.disabled)).toBe(true);
  });
});
