import { Notification } from '@jupyterlab/apputils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { NotebookModel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';

import { blockTypeOf, Workbench } from '../../../labextension/src/model';
import { CommandIDs } from '../../../labextension/src/tokens';
import { TurningPanel } from '../../../labextension/src/turning/panel';
import { analysisOf, blockOf, lastRunOf } from '../analyses';
import { Context } from '../context';
import { click, drawn, settle, show } from '../draw';
import { openNotebook } from '../open';

/** What the server side is asked to make of the cells. */
interface IAsked {
  notebook: INotebookContent;
  choices?: unknown[];
}

describe('the tab that turns a notebook', () => {
  let context: Context;
  let bench: Workbench;
  let model: NotebookModel;
  let tab: TurningPanel;

  beforeEach(async () => {
    context = new Context().allow(
      CommandIDs.exportNotebook,
      CommandIDs.openCell
    );
    context.wire
      .on('POST notebooks/tag', ({ body }: { body: unknown }) => {
        const { choices, notebook } = body as IAsked;
        const [first, ...rest] = notebook.cells;
        const tagged = { ...first, metadata: { tags: ['block:custom'] } };
        return choices
          ? { notebook: { ...notebook, cells: [tagged, ...rest] } }
          : { items: [], next: null };
      })
      .on('POST notebooks/check', {
        analysis: analysisOf([{ ...blockOf('a'), cell_id: 'c0' }]),
        project: null
      });
    const opened = openNotebook({ source: 'a = 1' }, { source: 'b = 2' });
    model = opened.model;
    bench = new Workbench({
      model,
      path: () => 'n.ipynb',
      client: context.mage.client.notebooks,
      last: lastRunOf()
    });
    const benches = {
      added: new Signal({}),
      find: () => opened.panel,
      of: () => bench
    };
    tab = new TurningPanel(
      { path: 'n.ipynb' },
      context,
      benches as never,
      null
    );
    await show(tab);
    await drawn(() => tab.node.querySelector('.mage-TurnCell') !== null);
  });

  afterEach(async () => {
    await settle(() => tab.dispose());
    Notification.dismiss();
    bench.dispose();
    context.dispose();
  });

  const types = (): unknown[] => [...model.cells].map(blockTypeOf);

  it('changes nothing by being opened or closed', async () => {
    await click(tab.node, 'Cancel');
    expect(tab.isDisposed).toBe(true);
    expect(types()).toEqual([null, null]);
    expect(context.opened).toEqual([]);
  });

  it('makes the notebook what it shows, and leads on to the export', async () => {
    await click(tab.node, 'Make 1 block');
    await drawn(() => tab.isDisposed);
    expect(types()).toEqual(['custom', null]);
    expect(context.opened).toEqual([
      [CommandIDs.exportNotebook, { path: 'n.ipynb' }]
    ]);
    const [told] = Notification.manager.notifications;
    expect(told.message).toBe('1 cell is a block now.');
    told.options.actions?.[0].callback({} as never);
    expect(types()).toEqual([null, null]);
  });

  it('leads to a cell without closing', async () => {
    await click(tab.node, '#1');
    expect(context.opened).toEqual([
      [
        CommandIDs.openCell,
        { path: 'n.ipynb', cell: 'c1', line: null, column: null }
      ]
    ]);
    expect(tab.isDisposed).toBe(false);
  });
});
