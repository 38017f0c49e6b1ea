import * as React from 'react';

import type { Run } from '../../../labextension/src/contract';
import { RunState } from '../../../labextension/src/runs/model';
import { RunPage } from '../../../labextension/src/runs/page';
import { CommandIDs } from '../../../labextension/src/tokens';
import { Context } from '../context';
import { click, draw, drawn, settle, words } from '../draw';
import { block, blockRun, pipeline, run } from '../samples';
import { Refusal } from '../wire';

const CODE = 'import x\n\n\ndef total(raw):\n    return raw["amont"]\n';

const error = {
  type: 'KeyError',
  message: "'amont'\nsecond line",
  traceback: 'Traceback …',
  file: 'transformers/total.py',
  file_line: 5,
  cell_id: 'total-cell',
  line: 2,
  column: null
};
const rows = {
  id: 'x1',
  name: 'raw',
  type: 'frame' as const,
  rows: 3,
  columns: 2,
  bytes: 1400
};
const failed = run({
  id: 'r2',
  number: 418,
  state: 'failed',
  failed_block: 'total',
  variables: { origin: 'JFK' },
  block_runs: [
    blockRun('raw', {
      products: [rows],
      started_at: '2027-03-12T09:00:00.000Z',
      ended_at: '2027-03-12T09:00:02.000Z'
    }),
    blockRun('total', { state: 'failed', upstream: ['raw'], error }),
    blockRun('done', { state: 'upstream_failed', upstream: ['total'] })
  ]
});
const before = run({ id: 'r1', number: 417, block_runs: [blockRun('raw')] });

/** The log's socket: it says nothing. */
class Silence {
  close(): void {
    // nothing to end
  }
}

describe('the run view', () => {
  let context: Context;
  let state: RunState;

  const show = async (shown: Run): Promise<HTMLElement> => {
    context.wire.on(`GET runs/${shown.id}`, shown);
    state = new RunState(context.mage, shown.id);
    const node = await draw(
      <RunPage
        state={state}
        languages={null}
        registry={null}
        context={context}
      />
    );
    await drawn(() => state.run !== null || state.model.error !== null);
    return node;
  };

  beforeEach(() => {
    context = new Context().allow(
      CommandIDs.openCell,
      CommandIDs.openProduct,
      CommandIDs.openRun,
      'docmanager:open'
    );
    jest
      .spyOn(context.mage.client.runs, 'tail')
      .mockImplementation(() => new Silence() as unknown as WebSocket);
    context.wire
      .on('GET runs', { items: [failed, before], next: null })
      .on('GET runs/r1', before)
      .on('GET projects/p/pipelines/sales', {
        ...pipeline([block('raw'), block('total', ['raw'])]),
        workbench: 'notebooks/sales.ipynb'
      })
      .on('GET projects/p/pipelines/sales/blocks/total', {
        ...block('total', ['raw']),
        code: CODE
      });
  });

  afterEach(() => {
    state.dispose();
    context.dispose();
    jest.restoreAllMocks();
    document.body.replaceChildren();
  });

  it('opens a failed run on its error, with the line and what the block had', async () => {
    const node = await show(failed);
    await drawn(() => state.code !== null && state.past.length === 2);
    expect(words(node.querySelector('h1'))).toBe('Run 418 failed at total');
    expect(words(node.querySelector('.mage-Error-title'))).toBe(
      "KeyError: 'amont'"
    );
    const code = node.querySelector('.mage-Code');
    expect(words(code)).toContain('return raw["amont"]');
    expect(code?.querySelector('.mage-Code-marked')).not.toBeNull();
    expect(words(node.querySelector('.mage-Had'))).toBe(
      'rawframe3 × 2from raw, this run'
    );
  });

  it('leads from the error to its cell, its file and what the block had', async () => {
    const node = await show(failed);
    await drawn(() => state.pipeline !== null);
    await click(node, 'Go to the cell');
    await click(node, 'transformers/total.py, line 5');
    await click(node, 'raw');
    await drawn(() => context.opened.length === 3);
    expect(context.opened).toEqual(
      expect.arrayContaining([
        [
          CommandIDs.openCell,
          { path: 'shop/notebooks/sales.ipynb', cell: 'total-cell', line: 2 }
        ],
        [
          'docmanager:open',
          { path: 'shop/transformers/total.py', factory: 'Editor' }
        ],
        [CommandIDs.openProduct, { product: 'x1' }]
      ])
    );
  });

  it('says that the file changed after the run, and marks no line then', async () => {
    const other = { ...failed.block_runs[1], code: 'of-the-run' };
    context.wire.on('GET projects/p/pipelines/sales/blocks/total', {
      ...block('total', ['raw']),
      code: CODE,
      hash: 'of-now'
    });
    const node = await show({
      ...failed,
      block_runs: [failed.block_runs[0], other]
    });
    await drawn(() => state.code !== null);
    expect(words(node)).toContain('The file was changed after this run.');
    expect(node.querySelector('.mage-Code-marked')).toBeNull();
  });

  it('goes on with today’s code, or starts again with the same variables', async () => {
    context.wire
      .on('POST runs/r2/retry', { ...failed, state: 'running' })
      .on('POST runs', run({ id: 'r3' }));
    const node = await show(failed);
    await click(node, 'Retry with today’s code');
    await drawn(() => state.run?.state === 'running');
    expect(context.wire.bodies('POST runs/r2/retry')).toEqual([
      { code: 'current' }
    ]);
    expect(words(node.querySelector('h1'))).toBe('Run 418 is going on');
    await settle();
    const other = await show(before);
    await click(other, 'Run again from the start');
    await drawn(() => context.opened.length === 1);
    expect(context.opened).toEqual([[CommandIDs.openRun, { run: 'r3' }]]);
  });

  it('opens a good run on its products, and those of a block on a click', async () => {
    const good = run({
      id: 'r5',
      block_runs: [
        blockRun('raw', { products: [rows] }),
        blockRun('done', { products: [{ ...rows, id: 'x2', name: 'done' }] })
      ]
    });
    const node = await show(good);
    const products = (): string[] =>
      [...node.querySelectorAll('.mage-ProductRow')].map(words);
    expect(products()).toHaveLength(2);
    const done = node.querySelector<HTMLElement>('[data-mage-block="done"]');
    await settle(() => done?.click());
    expect(products()).toEqual(['Tdonedoneframe3 × 21.4 kB']);
    await click(node, 'Show all');
    expect(products()).toHaveLength(2);
  });

  it('leaves the choice to the run when the focus comes with the tab', async () => {
    const node = await show(failed);
    const [raw, total] = node.querySelectorAll<HTMLElement>('.mage-GridRow');
    await settle(() => raw.focus());
    expect(state.picked).toBe(false);
    await settle(() => total.focus());
    expect(state.block).toBe('total');
    expect(state.picked).toBe(true);
  });

  it('shows another run on a click on its column, and by an arrow', async () => {
    const node = await show(failed);
    await drawn(() => state.past.length === 2);
    const grid = node.querySelector<HTMLElement>('.mage-Grid');
    const press = (key: string): Promise<void> =>
      settle(() => {
        grid?.dispatchEvent(
          new KeyboardEvent('keydown', { key, bubbles: true })
        );
      });
    await press('ArrowLeft');
    await drawn(() => state.run?.id === 'r1');
    expect(words(node.querySelector('h1'))).toBe('Run 417');
    await settle(() =>
      node
        .querySelector<HTMLElement>('.mage-Grid-head [data-mage-column="r2"]')
        ?.click()
    );
    await drawn(() => state.run?.id === 'r2');
    expect(words(node.querySelector('h1'))).toBe('Run 418 failed at total');
  });

  it('reads the attempts where a block was tried more than once', async () => {
    const twice = { ...failed.block_runs[1], attempts: 2 };
    context.wire.on('GET runs/r2/attempts', {
      items: [1, 2].map(number => ({
        block: 'total',
        item: null,
        number,
        outcome: 'failed',
        started_at: '2027-03-12T09:00:02.000Z',
        ended_at: '2027-03-12T09:00:03.000Z',
        worker_pid: 1,
        peak_memory: null,
        cpu: null,
        error
      })),
      next: null
    });
    const node = await show({
      ...failed,
      block_runs: [failed.block_runs[0], twice]
    });
    await drawn(() => state.attempts.length === 2);
    await click(node, 'Attempts 2');
    expect(node.querySelectorAll('.mage-Attempts tbody tr')).toHaveLength(2);
  });

  it('shows what blocks displayed on a tab of its own, not among the products', async () => {
    const shown = (id: string, name: string) => ({ ...rows, id, name });
    const products = [shown('d1', '_display'), shown('d2', '_display_2'), rows];
    context.wire
      .on('GET products/d1', { ...rows, mime: { 'text/plain': 'three rows' } })
      .on('GET products/d2', new Refusal(404, { message: 'Gone.' }));
    const node = await show(
      run({ id: 'r3', block_runs: [blockRun('raw', { products })] })
    );
    expect(node.querySelectorAll('.mage-ProductRow')).toHaveLength(1);
    await click(node, 'Output');
    await drawn(() => words(node).includes('no longer kept'));
    const figures = [...node.querySelectorAll('figure')];
    expect(figures.map(words)).toEqual([
      'rawthree rows',
      'It is no longer kept.'
    ]);
    expect(figures[0].getAttribute('aria-label')).toBe('Output 1 of raw');
    await settle(() => state.pick('total'));
    expect(words(node)).toContain('total displayed nothing.');
    await click(node, 'Show all');
    expect(node.querySelectorAll('figure')).toHaveLength(2);
    expect(
      context.wire.requests.filter(({ path }) => path === 'products/d1')
    ).toHaveLength(1);
  });

  it('has no tab for output where no block displayed anything', async () => {
    const node = await show(before);
    const tabs = [...node.querySelectorAll('[role="tab"]')].map(words);
    expect(tabs).toEqual(['Products']);
  });

  it('says that a run is not there', async () => {
    state = new RunState(context.mage, 'gone');
    context.wire.on(
      'GET runs/gone',
      new Refusal(404, { message: 'There is no run gone.', reason: 'no' })
    );
    const node = await draw(
      <RunPage
        state={state}
        languages={null}
        registry={null}
        context={context}
      />
    );
    await drawn(() => state.model.error !== null);
    expect(words(node)).toContain(
      'This run cannot be shownThere is no run gone.'
    );
  });
});
