import type { NotebookModel } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import {
  addCellCommands,
  CellCommandIDs,
  problems
} from '../../../labextension/src/cells/commands';
import { blockTypeOf, Workbench } from '../../../labextension/src/model';
import { MageClient } from '../../../labextension/src/client';
import { CommandIDs } from '../../../labextension/src/tokens';
import { analysisOf, fixOf, lastRunOf, problemOf } from '../analyses';
import { notebookOf } from '../notebooks';
import { until, Wire } from '../wire';

describe('the commands of cells', () => {
  const at = (cell: string, index: number, severity = 'error') => ({
    ...problemOf(cell, 1, 1, 2),
    index,
    severity: severity as 'error'
  });
  let wire: Wire;
  let model: NotebookModel;
  let bench: Workbench;
  let commands: CommandRegistry;
  let content: {
    activeCellIndex: number;
    readonly activeCell: unknown;
    mode: string;
  };

  beforeEach(async () => {
    const diagnostics = [
      at('c2', 2),
      at('c0', 0, 'warning'),
      at('c1', 1, 'info')
    ];
    wire = new Wire().on('POST notebooks/check', {
      analysis: analysisOf([], diagnostics),
      project: null
    });
    model = notebookOf(
      { source: 'a = 1', tags: ['block:custom'] },
      { source: 'b = 1' },
      { source: 'c = 1' }
    );
    const client = new MageClient(wire.settings);
    bench = new Workbench({
      model,
      path: () => 'n.ipynb',
      client: client.notebooks,
      last: lastRunOf()
    });
    const widgets = [...model.cells].map(cell => ({
      model: cell,
      node: document.createElement('div')
    }));
    content = {
      activeCellIndex: 0,
      get activeCell() {
        return widgets[content.activeCellIndex];
      },
      mode: 'edit',
      widgets,
      deselectAll: jest.fn(),
      scrollToCell: () => Promise.resolve()
    } as never;
    commands = new CommandRegistry();
    addCellCommands(
      { commands } as never,
      { client } as never,
      { panel: { content }, current: bench } as never,
      nullTranslator.load('mage_jlab')
    );
    await until(() => bench.analysis !== null);
  });

  afterEach(() => bench.dispose());

  it('tag the active cell, and only with a type that is known', async () => {
    content.activeCellIndex = 1;
    const cell = model.cells.get(1);
    await commands.execute(CommandIDs.setBlockType, { type: 'sensor' });
    expect(blockTypeOf(cell)).toBe('sensor');
    await commands.execute(CommandIDs.setBlockType, { type: 'nonsense' });
    expect(blockTypeOf(cell)).toBe('sensor');
    await commands.execute(CommandIDs.setBlockType, { type: null });
    expect(blockTypeOf(cell)).toBeNull();
    expect(commands.label(CommandIDs.setBlockType, { type: 'chart' })).toBe(
      'Block type: Chart'
    );
  });

  it('walk through the cells with problems, round the end, and over notes', async () => {
    expect(problems(bench).map(problem => problem.cell_id)).toEqual([
      'c0',
      'c2'
    ]);
    await commands.execute(CellCommandIDs.nextProblem);
    expect(content.activeCellIndex).toBe(2);
    await commands.execute(CellCommandIDs.nextProblem);
    expect(content.activeCellIndex).toBe(0);
    await commands.execute(CellCommandIDs.previousProblem);
    expect(content.activeCellIndex).toBe(2);
    expect(content.mode).toBe('command');
  });

  it('rename a block only where there is one', () => {
    expect(commands.isEnabled(CellCommandIDs.rename)).toBe(true);
    content.activeCellIndex = 1;
    expect(commands.isEnabled(CellCommandIDs.rename)).toBe(false);
  });

  it('fix all that leaves no choice only where something does', () => {
    expect(commands.isEnabled(CellCommandIDs.mendAll)).toBe(false);
    bench.analysis?.diagnostics[0].repairs.push(
      fixOf('drop', { automatic: true })
    );
    expect(commands.isEnabled(CellCommandIDs.mendAll)).toBe(true);
  });
});
