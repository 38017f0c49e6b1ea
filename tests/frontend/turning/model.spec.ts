import type { INotebookContent } from '@jupyterlab/nbformat';
import { Signal } from '@lumino/signaling';

import { MageClient } from '../../../labextension/src/client';
import type {
  CellChoice,
  TaggedCell
} from '../../../labextension/src/contract';
import { blockTypeOf, Workbench } from '../../../labextension/src/model';
import { TurningModel } from '../../../labextension/src/turning/model';
import { analysisOf, blockOf, lastRunOf, problemOf } from '../analyses';
import { openNotebook } from '../open';
import { Refusal, until, Wire } from '../wire';

/** What the server side is asked for. */
interface IAsked {
  notebook: INotebookContent;
  choices?: CellChoice[];
}

const guess = (index: number, fields: Partial<TaggedCell>): TaggedCell => ({
  cell_id: `c${index}`,
  index,
  type: null,
  name: null,
  merge: null,
  why: null,
  ...fields
});

describe('the preview of a pipeline', () => {
  let wire: Wire;
  let bench: Workbench;
  let model: TurningModel;
  let added: Signal<object, unknown>;
  let isOpen: boolean;

  beforeEach(async () => {
    const { panel, model: notebook } = openNotebook(
      { source: 'import pandas as pd' },
      { source: 'market = "CA"' },
      { source: 'fig, ax = plot()' },
      { source: 'ax.grid()', mage: { name: 'grid' } },
      { source: ' ' }
    );
    wire = new Wire()
      .on('POST notebooks/tag', ({ body }: { body: unknown }) => {
        const { choices, notebook } = body as IAsked;
        return choices
          ? { notebook, changed: [], removed: [], added: [], moved: [] }
          : {
              items: [
                guess(2, { type: 'data_loader' }),
                guess(3, { type: 'chart', merge: 'c2', why: 'ax is one.' })
              ],
              next: null
            };
      })
      .on('POST notebooks/check', {
        analysis: analysisOf(
          [{ ...blockOf('fig'), cell_id: 'c2' }],
          [
            problemOf('c3', 1, 1, 2),
            { ...problemOf('c2', 1, 1, 2), severity: 'info' }
          ]
        ),
        project: null
      });
    const client = new MageClient(wire.settings);
    bench = new Workbench({
      model: notebook,
      path: () => 'n.ipynb',
      client: client.notebooks,
      last: lastRunOf()
    });
    added = new Signal({});
    isOpen = true;
    const benches = {
      added,
      find: () => (isOpen ? panel : null),
      of: () => bench
    };
    model = new TurningModel({ client } as never, benches as never, 'n.ipynb');
    await until(() => model.turned !== null);
  });

  afterEach(() => {
    model.dispose();
    bench.dispose();
  });

  const choices = (): CellChoice[] => {
    const bodies = wire.bodies('POST notebooks/tag') as IAsked[];
    return (
      bodies.flatMap(body => (body.choices ? [body.choices] : [])).pop() ?? []
    );
  };
  const chosen = async (cell: string): Promise<Partial<CellChoice>> => {
    await model.settled();
    return choices().find(choice => choice.cell_id === cell) ?? {};
  };
  const cell = (id: string) => model.cells.find(one => one.id === id);

  it('shows each cell with code: as guessed, with its block and its problems', () => {
    expect(model.cells.map(({ id, place, role }) => [id, place, role])).toEqual(
      [
        ['c0', '#0', null],
        ['c1', '#1', null],
        ['c2', '#2', 'data_loader'],
        ['c3', '#3', 'chart']
      ]
    );
    expect(cell('c2')?.block?.name).toBe('fig');
    expect(cell('c3')?.problems).toHaveLength(1);
    expect(model.problems.map(one => one.cell_id)).toEqual(['c3']);
    expect([model.isChanged, model.working]).toEqual([false, false]);
    expect([...bench.model.cells].map(one => blockTypeOf(one))).toEqual([
      null,
      null,
      null,
      null,
      null
    ]);
  });

  it('keeps the names that cells have, and gives none that follow from the code', async () => {
    expect(await chosen('c2')).toMatchObject({
      type: 'data_loader',
      name: null
    });
    expect(await chosen('c3')).toMatchObject({ type: 'chart', name: 'grid' });
    model.change('c3', { name: '' });
    expect(await chosen('c3')).toMatchObject({ name: null });
  });

  it('asks for what a person changes, and for the guess again after Start over', async () => {
    model.change('c2', { role: 'sensor' });
    model.change('c2', { name: 'wait' });
    expect(await chosen('c2')).toMatchObject({ type: 'sensor', name: 'wait' });
    expect(model.isChanged).toBe(true);
    model.change('c2', { role: null });
    expect(await chosen('c2')).toMatchObject({ type: null, name: null });
    model.reset();
    expect(await chosen('c2')).toMatchObject({ type: 'data_loader' });
    expect(model.isChanged).toBe(false);
  });

  it('has one cell of runtime variables', async () => {
    model.change('c1', { role: 'parameters' });
    expect(await chosen('c1')).toMatchObject({ type: null, parameters: true });
    model.change('c0', { role: 'parameters' });
    expect(await chosen('c1')).toMatchObject({ type: null, parameters: false });
    expect(await chosen('c0')).toMatchObject({ parameters: true });
  });

  it('joins cells only when a person says so', async () => {
    expect(model.suggestions.map(({ why }) => why)).toEqual(['ax is one.']);
    expect(await chosen('c3')).toMatchObject({ merge: null });
    model.joinAll();
    expect(await chosen('c3')).toMatchObject({ merge: 'c2' });
    expect(model.suggestions).toEqual([]);
    model.change('c3', { joined: false });
    expect(await chosen('c3')).toMatchObject({ merge: null });
  });

  it('follows the notebook, and keeps what a person changed', async () => {
    model.change('c2', { role: 'custom' });
    bench.model.cells.get(2).sharedModel.setSource('fig = other()');
    await until(() => model.turned?.sent.cells[2].source === 'fig = other()');
    expect(cell('c2')).toMatchObject({
      role: 'custom',
      source: 'fig = other()'
    });
    expect(wire.bodies('POST notebooks/tag')).toContainEqual({
      path: 'n.ipynb',
      notebook: bench.content()
    });
  });

  it('says why it cannot be made, keeps what was shown, and has nothing to apply', async () => {
    wire.on('POST notebooks/tag', new Refusal(400, { message: 'No name.' }));
    model.change('c2', { name: '../x' });
    expect(await model.settled()).toBeNull();
    expect(model.error?.message).toBe('No name.');
    expect(model.turned).not.toBeNull();
  });

  it('waits for a notebook that is not open', async () => {
    isOpen = false;
    const client = { notebooks: {} };
    const benches = { added, find: () => null, of: () => null };
    const closed = new TurningModel(
      { client } as never,
      benches as never,
      'n.ipynb'
    );
    await closed.read();
    expect([closed.workbench, closed.turned, closed.error]).toEqual([
      null,
      null,
      null
    ]);
    closed.dispose();
  });
});
