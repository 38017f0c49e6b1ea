import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';

import type { Workbench, LastRun } from '../../../labextension/src/model';
import { Rail } from '../../../labextension/src/rail/view';
import { analysisOf, blockOf, problemOf } from '../analyses';
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
const bench = (others: object = {}): Workbench =>
  ({
    analysis,
    error: null,
    isPipeline: true,
    diagnostics: (cell?: string, severity?: string) =>
      analysis.diagnostics.filter(
        d =>
          (!cell || d.cell_id === cell) &&
          (!severity || d.severity === severity)
      ),
    ...others
  }) as unknown as Workbench;
const ran = {
  block: 'clean',
  state: 'success',
  cached: false,
  started_at: '2026-11-24T02:30:00Z',
  ended_at: '2026-11-24T02:30:04.200Z'
};

describe('the rail', () => {
  const actions = {
    goTo: jest.fn(),
    next: jest.fn(),
    tagAll: jest.fn(),
    openRun: jest.fn()
  };

  const rail = (workbench: Workbench | null): Promise<HTMLElement> =>
    draw(
      <Rail
        workbench={workbench}
        active="cell-clean"
        last={
          {
            run: { id: 'r1' },
            block: (name: string) => (name === 'clean' ? ran : null)
          } as unknown as LastRun
        }
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

  it('counts the problems that stop the export, and leads to the next', async () => {
    const node = await rail(bench());
    expect(words(node.querySelector('footer'))).toContain(
      '1 problem stops the export'
    );
    await click(node, 'Next');
    expect(actions.next).toHaveBeenCalledTimes(1);
  });

  it('says what to do while no cell is a block', async () => {
    const node = await rail(bench({ isPipeline: false }));
    expect(words(node)).toContain('No cell is a block yet');
    await click(node, 'Turn this notebook into a pipeline…');
    expect(actions.tagAll).toHaveBeenCalledTimes(1);
    expect(words(await rail(null))).toContain('Open a notebook');
  });

  it('says why a notebook cannot be analysed', async () => {
    const error = { message: 'Cell 3 is cut off.', offline: false };
    const node = await rail(bench({ error }));
    expect(words(node)).toContain('cannot be analysed. Cell 3 is cut off.');
  });
});
