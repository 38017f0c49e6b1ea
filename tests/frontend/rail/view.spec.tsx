import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import type { Workbench } from '../../../labextension/src/model';
import { Rail } from '../../../labextension/src/rail/view';
import { analysisOf, blockOf, fixOf, lastRunOf, problemOf } from '../analyses';
import { click, draw, settle, words } from '../draw';

const trans = nullTranslator.load('mage_jlab');
const analysis = analysisOf(
  [
    blockOf('load', {}, ['df'], 'data_loader'),
    blockOf('clean', { df: 'load.df' }, ['df']),
    blockOf('save', { df: 'clean.df' }, ['saved'], 'data_exporter')
  ],
  [problemOf('cell-clean', 1, 1, 2)]
);
const ran = {
  block: 'clean',
  state: 'success',
  code: 'h1',
  cached: false,
  started_at: '2026-11-24T02:30:00Z',
  ended_at: '2026-11-24T02:30:04.200Z'
};
const bench = (others: object = {}): Workbench =>
  ({
    analysis,
    error: null,
    isPipeline: true,
    last: lastRunOf({ id: 'r1', block_runs: [ran] }),
    diagnostics: (cell?: string, severity?: string) =>
      analysis.diagnostics.filter(
        d =>
          (!cell || d.cell_id === cell) &&
          (!severity || d.severity === severity)
      ),
    ...others
  }) as unknown as Workbench;

describe('the rail', () => {
  const actions = {
    goTo: jest.fn(),
    next: jest.fn(),
    turn: jest.fn(),
    mendAll: jest.fn(),
    openRun: jest.fn(),
    showDrift: jest.fn()
  };

  const rail = (
    workbench: Workbench | null,
    mending = false
  ): Promise<HTMLElement> =>
    draw(
      <Rail
        workbench={workbench}
        active="cell-clean"
        mending={mending}
        actions={actions}
        trans={trans}
      />
    );

  it('lists the blocks, draws their edges, and leads to their cells by mouse and key', async () => {
    const node = await rail(bench());
    const rows = [...node.querySelectorAll<HTMLElement>('[role="option"]')];
    expect(rows.map(words).map(text => text.split('T')[0])).toEqual([
      'load',
      'cleanError',
      'save'
    ]);
    expect(rows[1].getAttribute('aria-selected')).toBe('true');
    expect(node.querySelectorAll('path')).not.toHaveLength(0);
    expect(node.querySelectorAll('path[data-active="true"]')).toHaveLength(2);
    await settle(() => rows[0].click());
    expect(actions.goTo).toHaveBeenLastCalledWith('cell-load');
    const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true });
    await settle(() => rows[2].dispatchEvent(enter));
    expect(actions.goTo).toHaveBeenLastCalledWith('cell-save');
  });

  it('says of the active block what it reads, gives and changes, and how it ran', async () => {
    const node = await rail(bench());
    const details = node.querySelector<HTMLElement>('.mage-RailDetails');
    const rows = [...(details?.querySelectorAll('dl > div') ?? [])].map(words);
    expect(rows.slice(0, 3)).toEqual([
      'Readsdfload',
      'Resultsdfsave',
      'Changesdf'
    ]);
    expect(rows[3]).toContain('4.2 s');
    await settle(() => details?.querySelector('button')?.click());
    expect(actions.openRun).toHaveBeenCalledWith('r1');
  });

  it('says whether the block’s code is as exported, and leads to what differs', async () => {
    const code = (node: HTMLElement): string[] =>
      [...node.querySelectorAll('.mage-RailDetails dl > div')]
        .slice(4)
        .map(words);
    const as = (others: object): Promise<HTMLElement> => {
      const blocks = analysis.blocks.map(block => ({ ...block, ...others }));
      return rail(bench({ analysis: { ...analysis, blocks } }));
    };
    expect(code(await as({}))).toEqual(['Codenot exported yet']);
    expect(code(await as({ code: 'h1' }))).toEqual(['Codeas exported']);
    const node = await as({ code: 'h2', drift: ['file'] });
    expect(code(node)).toEqual([
      'Codefile is newerDiff',
      'last run ran other codeRun'
    ]);
    await click(node, 'Diff');
    expect(actions.showDrift).toHaveBeenLastCalledWith('cell-clean', 'file');
  });

  it('folds lanes past the sixth into one, with their count', async () => {
    const sources = Array.from({ length: 8 }, (_, at) => blockOf(`s${at}`));
    const readers = sources.map(({ name }, at) =>
      blockOf(`r${at}`, { [name]: `${name}.${name}` })
    );
    const wide = analysisOf([...sources, ...readers]);
    const node = await rail(bench({ analysis: wide, diagnostics: () => [] }));
    expect(words(node.querySelector('svg text'))).toMatch(/^×[2-9]$/);
    const folded = node.querySelectorAll('path[data-folded="true"]');
    expect(folded.length).toBeGreaterThan(1);
    const few = await rail(bench());
    expect(few.querySelector('svg text')).toBeNull();
  });

  it('counts the problems that stop the export, and leads to the next', async () => {
    const node = await rail(bench());
    expect(words(node.querySelector('footer'))).toContain(
      '1 problem stops the export'
    );
    await click(node, 'Next');
    expect(actions.next).toHaveBeenCalledTimes(1);
  });

  it('offers to fix what leaves no choice, with errors or without', async () => {
    const clear = (id: string) => ({
      ...problemOf('cell-clean', 1, 1, 2, [fixOf(id, { automatic: true })]),
      severity: 'warning' as const
    });
    const diagnostics = (_?: string, severity?: string) =>
      severity === 'error' ? [] : [clear('a'), clear('b')];
    const node = await rail(bench({ diagnostics }));
    expect(words(node.querySelector('footer'))).toBe(
      'Fix 2 that leave no choice'
    );
    await click(node, 'Fix 2 that leave no choice');
    expect(actions.mendAll).toHaveBeenCalledTimes(1);
    const busy = await rail(bench({ diagnostics }), true);
    expect(busy.querySelector('footer button')?.textContent).toBe('Fixing…');
  });

  it('says what to do while no cell is a block', async () => {
    const node = await rail(bench({ isPipeline: false }));
    expect(words(node)).toContain('No cell is a block yet');
    await click(node, 'Turn this notebook into a pipeline…');
    expect(actions.turn).toHaveBeenCalledTimes(1);
    expect(words(await rail(null))).toContain('Open a notebook');
  });

  it('says why a notebook cannot be analysed', async () => {
    const error = { message: 'Cell 3 is cut off.', offline: false };
    const node = await rail(bench({ error }));
    expect(words(node)).toContain('cannot be analysed. Cell 3 is cut off.');
  });
});
