import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import * as React from 'react';

import type { ExportModel } from '../../../labextension/src/export/model';
import { ExportPreview } from '../../../labextension/src/export/view';
import { problemOf } from '../analyses';
import { click, draw, settle, words } from '../draw';

const file = (path: string, kind: string) => ({
  path,
  kind,
  before: kind === 'new' ? null : 'x = 1\n',
  after: kind === 'new' ? 'x = 1\ny = 2\n' : 'x = 1\n',
  diff: '',
  cell_id: `cell-${path}`,
  used_by: []
});

let viewWidth = 0;

/** The page's layout, which jsdom has none of: every element is as wide as the test says. */
class Observer {
  constructor(private readonly _tell: () => void) {}

  observe(element: Element): void {
    const width = viewWidth;
    Object.defineProperty(element, 'clientWidth', { value: width });
    this._tell();
  }

  disconnect(): void {
    // Nothing goes on.
  }
}

describe('the export’s preview', () => {
  beforeAll(() => {
    Object.assign(globalThis, { ResizeObserver: Observer });
  });

  const actions = {
    close: jest.fn(),
    goTo: jest.fn(),
    write: jest.fn(),
    openPipeline: jest.fn(),
    run: jest.fn()
  };
  let model: Record<string, unknown>;
  let online: boolean;

  beforeEach(() => {
    online = true;
    const changes = [file('a.py', 'new'), file('b.py', 'same')];
    model = {
      path: 'work/notebooks/sales.ipynb',
      stage: 'ready',
      changes,
      count: 1,
      problems: [],
      triggers: [],
      stale: { changed: [], all: [] },
      isFirst: false,
      blocks: 2,
      again: null,
      others: [],
      focus: null,
      error: null,
      outcome: {
        pipeline: 'sales',
        written: ['a.py'],
        removed: [],
        conflicts: [],
        diagnostics: []
      },
      makeProject: jest.fn(() => Promise.resolve()),
      read: jest.fn(() => Promise.resolve())
    };
    model.changed = new Signal(model);
    jest.clearAllMocks();
  });

  const preview = (thenRun = false, width = 0): Promise<HTMLElement> => {
    viewWidth = width;
    const connection = { online, lastAnswer: null, tryNow: jest.fn() };
    const mage = {
      connection: { ...connection, changed: new Signal(connection) }
    };
    return draw(
      <div className="mage-Export">
        <ExportPreview
          model={model as unknown as ExportModel}
          thenRun={thenRun}
          starting={false}
          actions={actions}
          context={{ mage, trans: nullTranslator.load('mage_jlab') } as never}
          languages={null}
        />
      </div>
    );
  };

  it('shows files and lines first, and writes on request', async () => {
    const node = await preview();
    expect(words(node)).toContain('Export sales.ipynbto pipeline sales');
    expect(words(node)).toContain('Nothing is written yet');
    expect(words(node)).toContain('1 new, 1 the same');
    const added = node.querySelectorAll('tr[data-kind="added"]');
    expect([...added].map(words)).toEqual(['1+x = 1', '2+y = 2']);
    const rows = node.querySelectorAll<HTMLElement>('[role="option"]');
    await settle(() => rows[1].click());
    expect(words(node.querySelector('.mage-Export-diff strong'))).toBe('b.py');
    await click(node, 'Export 1 file');
    expect(actions.write).toHaveBeenCalledTimes(1);
  });

  it('shows the file of the cell that was asked for', async () => {
    model.focus = 'cell-b.py';
    const node = await preview();
    expect(words(node.querySelector('.mage-Export-diff strong'))).toBe('b.py');
  });

  it('puts before and after beside each other on request', async () => {
    const node = await preview(false, 1000);
    expect(node.querySelector('.mage-mod-two')).toBeNull();
    await click(node, 'Two columns');
    const rows = [...node.querySelectorAll('.mage-mod-two tr')];
    expect(rows.map(words)).toEqual(['1x = 1', '2y = 2']);
    expect(rows[0].querySelector('.mage-DiffCode-none')).not.toBeNull();
    await click(node, 'One column');
    expect(node.querySelector('.mage-mod-two')).toBeNull();
  });

  it('has two columns by itself where it is wide, and none where it is narrow', async () => {
    const wide = await preview(false, 1400);
    expect(wide.querySelector('.mage-mod-two')).not.toBeNull();
    const narrow = await preview(false, 640);
    await click(narrow, 'Two columns');
    expect(narrow.querySelector('.mage-mod-two')).toBeNull();
  });

  it('says what becomes stale, how long that takes, and whom it concerns', async () => {
    model.stale = { changed: ['a'], all: ['a', 'b'] };
    model.again = 42000;
    model.others = [{ pipeline: 'fares', files: ['transformers/a.py'] }];
    const impact = words((await preview()).querySelector('dl'));
    expect(impact).toContain('Becomes stale2 blocks a and what follows');
    expect(impact).toContain('Computed againabout 42 s from the last runs');
    expect(impact).toContain('Triggers that run it0 It runs by hand.');
    expect(impact).toContain('Other pipelines1 fares uses a');
  });

  it('says when a run follows', async () => {
    expect(words(await preview(true))).toContain('Export 1 file and run');
  });

  it('leads to the problem that stops it', async () => {
    const problem = problemOf('c0', 1, 1, 2);
    model.problems = [problem];
    (model.outcome as { diagnostics: object[] }).diagnostics = [problem];
    const node = await preview();
    await click(node, 'Mend 1 problem first');
    await click(node, 'Go to the cell');
    expect(actions.goTo.mock.calls).toEqual([[problem], [problem]]);
  });

  it('writes nothing over what somebody else changed', async () => {
    (model.outcome as { conflicts: object[] }).conflicts = [
      { path: 'a.py', block: 'a', message: 'It is not as it was exported.' }
    ];
    const node = await preview();
    expect(words(node)).toContain('a.py changed in both places.');
    expect(
      node.querySelector<HTMLButtonElement>('.mage-mod-main')?.disabled
    ).toBe(true);
  });

  it('says so when there is nothing to do, and when it is done', async () => {
    model.count = 0;
    model.changes = [file('b.py', 'same')];
    let node = await preview();
    expect(words(node)).toContain('Nothing to export.');
    await click(node, 'Open pipeline');
    expect(actions.openPipeline).toHaveBeenCalledTimes(1);
    model.stage = 'written';
    node = await preview();
    expect(words(node)).toContain('1 file written');
    await click(node, 'Run pipeline');
    expect(actions.run).toHaveBeenCalledTimes(1);
  });

  it('offers to make a project of the folder', async () => {
    model.stage = 'homeless';
    model.outcome = null;
    const node = await preview();
    expect(words(node)).toContain('work gets a metadata.yaml');
    await click(node, 'Make this folder a project');
    expect(model.makeProject).toHaveBeenCalledTimes(1);
  });

  it('says why it failed, and reads again', async () => {
    model.stage = 'failed';
    model.error = { message: 'The disk is full.', offline: false };
    const node = await preview();
    expect(words(node)).toContain('Nothing was written. The disk is full.');
    await click(node, 'Read again');
    expect(model.read).toHaveBeenCalledTimes(1);
  });

  it('cannot write while the server does not answer', async () => {
    online = false;
    const node = await preview();
    expect(words(node)).toContain('No connection to the server.');
    const main = node.querySelector<HTMLButtonElement>('.mage-mod-main');
    expect([main?.disabled, main?.title]).toEqual([
      true,
      'No connection to the server'
    ]);
  });
});
