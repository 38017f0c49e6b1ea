import { nullTranslator } from '@jupyterlab/translation';
import type { Menu } from '@lumino/widgets';

import { openFixMenu } from '../../../labextension/src/cells/fixmenu';
import { blockTypeOf } from '../../../labextension/src/model';
import { problemOf } from '../analyses';
import { notebookOf } from '../notebooks';

describe('the menu of fixes', () => {
  const open = (
    fixes: string[],
    scratch = 'import x\nlimit = 3\ny = 1'
  ): {
    menu: Menu;
    model: ReturnType<typeof notebookOf>;
    content: { activeCellIndex: number; mode: string };
    run: (label: string) => Promise<void>;
    sources: () => string[];
  } => {
    const model = notebookOf(
      { source: 'seconds = 1', tags: ['parameters'] },
      { source: scratch },
      { source: 'big = limit', tags: ['block:transformer'] }
    );
    const widgets = [...model.cells].map(cell => ({
      model: cell,
      node: document.createElement('div'),
      ready: Promise.resolve()
    }));
    const content = {
      activeCellIndex: 2,
      get activeCell() {
        return widgets[content.activeCellIndex];
      },
      mode: 'command',
      widgets,
      deselectAll: jest.fn(),
      scrollToCell: () => Promise.resolve()
    };
    const menu = openFixMenu(
      {
        panel: { content } as never,
        workbench: {
          model,
          block: (id: string) => (id === 'c2' ? { name: 'big' } : null),
          cell: (id: string) => [...model.cells].find(c => c.id === id) ?? null
        } as never,
        diagnostic: problemOf('c2', 1, 7, 12, fixes),
        trans: nullTranslator.load('mage_jlab')
      },
      document.createElement('button')
    );
    return {
      menu,
      model,
      content,
      run: async label => {
        const item = menu.items.find(one => one.label === label);
        await menu.commands.execute(item?.command ?? '');
      },
      sources: () => [...model.cells].map(c => c.sharedModel.getSource())
    };
  };
  const labels = (menu: Menu): string[] => menu.items.map(one => one.label);

  it('offers the safest first, and the way to the cause last', () => {
    const { menu } = open(['Move the line into big', 'Make that cell a block']);
    expect(labels(menu)).toEqual([
      'Move the line into big',
      'Make that cell a block',
      '',
      'Go to the cell that computes it'
    ]);
    expect(menu.activeIndex).toBe(0);
    menu.dispose();
    const none = open(['Say it otherwise'], 'nothing = 1');
    expect(labels(none.menu)).toEqual(['Say it otherwise']);
    none.menu.dispose();
  });

  it('moves the line into the block', async () => {
    const { menu, run, sources } = open(['Move the line into big']);
    await run('Move the line into big');
    expect(sources().slice(1)).toEqual([
      'import x\ny = 1',
      'limit = 3\nbig = limit'
    ]);
    menu.dispose();
  });

  it('makes a literal a runtime variable, and nothing else', async () => {
    const { menu, run, sources } = open(['Make limit a parameter']);
    await run('Make limit a parameter');
    expect(sources()[0]).toBe('seconds = 1\nlimit = 3');
    menu.dispose();
    const computed = open(['Make limit a parameter'], 'limit = f()');
    await computed.run('Make limit a parameter');
    expect(computed.sources()[0]).toBe('seconds = 1');
    expect(computed.content.mode).toBe('edit');
    computed.menu.dispose();
  });

  it('makes the other cell a block, or goes there', async () => {
    const { menu, model, content, run } = open(['Make that cell a block']);
    await run('Go to the cell that computes it');
    expect(content.activeCellIndex).toBe(1);
    expect(blockTypeOf(model.cells.get(1))).toBeNull();
    await run('Make that cell a block');
    expect(blockTypeOf(model.cells.get(1))).toBe('transformer');
    document.querySelectorAll('.mage-TypeMenu').forEach(one => one.remove());
    menu.dispose();
  });
});
