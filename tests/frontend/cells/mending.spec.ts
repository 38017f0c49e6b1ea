import { Notification } from '@jupyterlab/apputils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import { nullTranslator } from '@jupyterlab/translation';

import type { IMending } from '../../../labextension/src/cells/mending';
import {
  automaticOf,
  kindOf,
  mend,
  mendAll
} from '../../../labextension/src/cells/mending';
import { MageClient } from '../../../labextension/src/client';
import type { Diagnostic } from '../../../labextension/src/contract';
import { Workbench } from '../../../labextension/src/model';
import { analysisOf, fixOf, lastRunOf, problemOf } from '../analyses';
import type { IContent } from '../open';
import { openNotebook } from '../open';
import { Refusal, until, Wire } from '../wire';

/** What the server side is asked for by a fix. */
interface IAsked {
  notebook: INotebookContent;
  diagnostic: { cell_id: string };
  fix: string;
}

describe('mending', () => {
  const move = fixOf('move');
  const problem = problemOf('c1', 1, 7, 12, [move]);
  let wire: Wire;
  let bench: Workbench;
  let mending: IMending;
  let content: IContent;

  beforeEach(async () => {
    const opened = openNotebook(
      { source: 'limit = 3' },
      { source: 'big = limit', tags: ['block:custom'] }
    );
    wire = new Wire()
      .on('POST notebooks/check', {
        analysis: analysisOf([], [problem]),
        project: null
      })
      .on('POST notebooks/fix', ({ body }: { body: unknown }) => {
        const { cells, ...rest } = (body as IAsked).notebook;
        const [scratch, big] = cells;
        const joined = `${String(scratch.source)}\n${String(big.source)}`;
        return { notebook: { ...rest, cells: [{ ...big, source: joined }] } };
      });
    const client = new MageClient(wire.settings).notebooks;
    bench = new Workbench({
      model: opened.model,
      path: () => 'n.ipynb',
      client,
      last: lastRunOf()
    });
    content = opened.content;
    content.activeCellIndex = 1;
    mending = {
      panel: opened.panel,
      workbench: bench,
      client,
      trans: nullTranslator.load('mage_jlab')
    };
    await until(() => bench.analysis !== null);
  });

  afterEach(() => {
    Notification.dismiss();
    bench.dispose();
  });

  const sources = (): string[] =>
    [...bench.model.cells].map(c => c.sharedModel.getSource());
  const said = (): string[] =>
    Notification.manager.notifications.map(one => one.message);
  const undo = (): void => {
    const [{ options }] = Notification.manager.notifications;
    options.actions?.[0].callback({} as never);
  };

  it('changes the live notebook, says so, and Undo restores it', async () => {
    await mend(mending, problem, move);
    expect(sources()).toEqual(['limit = 3\nbig = limit']);
    expect(wire.bodies('POST notebooks/fix')).toMatchObject([
      {
        path: 'n.ipynb',
        diagnostic: {
          cell_id: 'c1',
          code: 'scratch-value',
          line: 1,
          column: 7
        },
        fix: 'move'
      }
    ]);
    expect(said()).toEqual(['Done: move it.']);
    undo();
    expect(sources()).toEqual(['limit = 3', 'big = limit']);
  });

  it('keeps the active cell and its mode, whatever went above it', async () => {
    content.mode = 'edit';
    await mend(mending, problem, move);
    expect([content.activeCellIndex, content.mode]).toEqual([0, 'edit']);
    undo();
    content.activeCellIndex = 0;
    content.mode = 'edit';
    await mend(mending, problem, move);
    // The active cell went: the one that has its text is active, in command mode.
    expect([content.activeCellIndex, content.mode]).toEqual([0, 'command']);
  });

  it('does nothing when the notebook was edited while the server side worked', async () => {
    const cell = bench.model.cells.get(1);
    const working = mend(mending, problem, move);
    cell.sharedModel.setSource('big = limit + 1');
    await working;
    expect(sources()).toEqual(['limit = 3', 'big = limit + 1']);
    expect(said()[0]).toContain('Nothing was changed');
  });

  it('says why a fix cannot be carried out', async () => {
    wire.on(
      'POST notebooks/fix',
      new Refusal(422, { message: 'The line stands in a loop.' })
    );
    await mend(mending, problem, move);
    expect(said()).toEqual(['The line stands in a loop.']);
    expect(sources()).toEqual(['limit = 3', 'big = limit']);
  });

  it('leads to a cell, or to the place that a person edits', async () => {
    await mend(mending, problem, fixOf('go', { cell_id: 'c0' }));
    expect([content.activeCellIndex, content.mode]).toEqual([0, 'command']);
    await mend(mending, problem, fixOf('edit'));
    expect([content.activeCellIndex, content.mode]).toEqual([1, 'edit']);
    expect(wire.bodies('POST notebooks/fix')).toEqual([]);
  });

  it('mends all that leaves no choice, one after the other, as one step', async () => {
    const drop = fixOf('drop', { automatic: true });
    const clear = (cell: string): Diagnostic =>
      problemOf(cell, 1, 1, 2, [drop]);
    const marks = ({ notebook }: IAsked): string[] =>
      notebook.cells
        .filter(cell => !String(cell.source).includes('# mended'))
        .map(cell => cell.id as string);
    wire
      .on('POST notebooks/check', ({ body }: { body: unknown }) => ({
        analysis: analysisOf(
          [],
          [problem, ...marks(body as IAsked).map(clear)]
        ),
        project: null
      }))
      .on('POST notebooks/fix', ({ body }: { body: unknown }) => {
        const { notebook, diagnostic } = body as IAsked;
        const cells = notebook.cells.map(cell =>
          cell.id === diagnostic.cell_id
            ? { ...cell, source: `${String(cell.source)}  # mended` }
            : cell
        );
        return { notebook: { ...notebook, cells } };
      });
    expect(await mendAll(mending)).toBe(2);
    expect(sources()).toEqual(['limit = 3  # mended', 'big = limit  # mended']);
    expect(said()).toEqual(['2 problems mended.']);
    undo();
    expect(sources()).toEqual(['limit = 3', 'big = limit']);
  });

  it('stops at a problem that its fix does not mend, and changes nothing where none is', async () => {
    expect(await mendAll(mending)).toBe(0);
    expect(said()).toEqual([]);
    const stubborn = problemOf('c1', 1, 1, 2, [
      fixOf('drop', { automatic: true })
    ]);
    wire.on('POST notebooks/check', {
      analysis: analysisOf([], [stubborn]),
      project: null
    });
    expect(await mendAll(mending)).toBe(1);
    expect(wire.bodies('POST notebooks/fix')).toHaveLength(1);
  });
});

describe('a fix', () => {
  it.each([
    ['go', 'go'],
    ['go-2', 'go'],
    ['edit', 'edit'],
    ['merge', 'tool']
  ])('%s is for the %s', (id, kind) => {
    expect(kindOf(fixOf(id))).toBe(kind);
  });

  it('leaves no choice only when it says so', () => {
    const clear = fixOf('drop', { automatic: true });
    const repairs = [fixOf('move'), clear];
    expect(automaticOf(problemOf('c', 1, 1, 2, repairs))).toBe(clear);
    expect(automaticOf(problemOf('c', 1, 1, 2, [repairs[0]]))).toBeNull();
  });
});
