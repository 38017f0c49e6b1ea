import type { Cell } from '@jupyterlab/cells';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { ICellLine } from '../../../labextension/src/cells/line';
import { CellLine } from '../../../labextension/src/cells/line';
import { TypePicker } from '../../../labextension/src/cells/picker';
import {
  openCellMenu,
  openTypeMenu
} from '../../../labextension/src/cells/typemenu';
import { CellProblems } from '../../../labextension/src/cells/problems';
import { blockTypeOf, setBlockType } from '../../../labextension/src/model';
import { fixOf, problemOf } from '../analyses';
import { click, settle, show, words } from '../draw';
import { notebookOf } from '../notebooks';

const trans = nullTranslator.load('mage_jlab');

describe('the line above a block', () => {
  let line: CellLine;
  const showDrift = jest.fn();

  beforeEach(async () => {
    line = new CellLine(trans, showDrift);
    await show(line);
  });

  afterEach(() => settle(() => line.dispose()));

  const say = async (others: Partial<ICellLine>): Promise<string> => {
    await settle(() =>
      line.say({
        type: 'transformer',
        name: 'join',
        reads: [],
        gives: [],
        mark: null,
        drift: [],
        told: null,
        ...others
      })
    );
    return words(line.node);
  };

  it('says what flows in and out, a block once and not where it has the name’s name', async () => {
    const text = await say({
      reads: [
        { name: 'clean', blocks: ['clean'] },
        { name: 'weather', blocks: ['load'] },
        { name: 'sky', blocks: ['load'] }
      ],
      gives: [{ name: 'joined', blocks: ['chart', 'save'] }]
    });
    expect(text).toBe(
      'Tjoin transformer in clean weather sky from load out joined → chart, save'
    );
  });

  it('counts the names past the third', async () => {
    const gives = ['a', 'b', 'c', 'd', 'e'].map(name => ({ name, blocks: [] }));
    expect(await say({ gives })).toBe('Tjoin transformer out a b c and 2 more');
  });

  it('says what the cell of the runtime variables is', async () => {
    expect(await say({ type: null })).toBe(
      'Parametersruntime variables, with these defaults'
    );
  });

  it('says where cell, file and last run disagree, and leads there', async () => {
    const text = await say({ drift: ['cell', 'run'] });
    expect(text).toBe(
      'Tjoin transformer edited since exportlast run ran other code'
    );
    await click(line.node, 'last run ran other code');
    expect(showDrift).toHaveBeenCalledWith('run');
  });

  it('tells of the name at the caret in place of the flows', async () => {
    const reads = [{ name: 'clean', blocks: ['clean'] }];
    const told = 'clean: 3 × 2 from clean, run 4';
    expect(await say({ reads, told })).toBe(`Tjoin transformer ${told}`);
  });

  it('marks a warning whose own line is not shown', async () => {
    await say({ mark: 'warning' });
    expect(line.node.querySelector('[data-mark="warning"]')).not.toBeNull();
    await say({ mark: null });
    expect(line.node.querySelector('[data-mark="warning"]')).toBeNull();
  });
});

describe('the lines below a block', () => {
  it('say each problem, and lead to its fixes where it has some', async () => {
    const fix = jest.fn();
    const problems = new CellProblems(trans, fix);
    await show(problems);
    const first = problemOf('c', 1, 1, 2, [fixOf('tag')]);
    await settle(() => problems.say([first, { ...problemOf('c', 2, 1, 2) }]));
    expect(problems.node.querySelectorAll('.mage-CellProblem')).toHaveLength(2);
    expect(problems.node.querySelectorAll('button')).toHaveLength(1);
    await click(problems.node, 'Fix');
    expect(fix).toHaveBeenCalledWith(first, expect.any(HTMLElement));
    await settle(() => problems.say([]));
    expect(problems.isHidden).toBe(true);
    await settle(() => problems.dispose());
  });
});

describe('the type picker', () => {
  const cellOf = (tags: string[] = []): Cell =>
    ({
      model: notebookOf({ source: 'a = 1', tags }).cells.get(0)
    }) as unknown as Cell;

  it('says the type, and follows it wherever it is changed', async () => {
    const run = jest.fn();
    const cell = cellOf();
    const picker = new TypePicker(cell, trans, run);
    const node = await show(picker);
    expect(words(node)).toBe('Not a block');
    await settle(() => setBlockType(cell.model, 'sensor'));
    expect(words(node)).toBe('SSensor');
    await click(node, 'Run this block alone');
    expect(run).toHaveBeenCalledTimes(1);
    await settle(() => picker.dispose());
  });

  it('opens a menu on the type that the cell has, and changes it', () => {
    const cell = cellOf(['block:transformer']);
    const menu = openCellMenu(cell, trans, 0, 0);
    expect(menu.activeItem?.label).toBe('Transformer');
    expect(menu.items.map(({ label }) => label)).toContain('Not a block');
    const item = menu.items.find(({ label }) => label === 'Chart');
    void menu.commands.execute(item?.command ?? '');
    expect(blockTypeOf(cell.model)).toBe('chart');
    menu.dispose();
  });

  it('offers the runtime variables only where a cell can hold them', () => {
    const labels = (parameters: boolean): string[] => {
      const options = { now: null, parameters, none: 'Scratch', x: 0, y: 0 };
      const menu = openTypeMenu({ ...options, onPick }, trans);
      const found = menu.items.map(({ label }) => label);
      void menu.commands.execute('mage-jlab:tag-none');
      menu.dispose();
      return found.slice(-2);
    };
    const onPick = jest.fn();
    expect(labels(true)).toEqual(['Parameters', 'Scratch']);
    expect(labels(false)).toEqual(['', 'Scratch']);
    expect(onPick).toHaveBeenCalledWith(null);
  });

  it('is not there for a cell that is no code', async () => {
    const model = { type: 'markdown', metadataChanged: { connect: jest.fn() } };
    const picker = new TypePicker({ model } as never, trans, jest.fn());
    expect(picker.isHidden).toBe(true);
    expect(picker).toBeInstanceOf(Widget);
    await settle(() => picker.dispose());
  });
});
