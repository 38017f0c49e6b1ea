import { nullTranslator } from '@jupyterlab/translation';
import type { Menu } from '@lumino/widgets';

import { openFixMenu } from '../../../labextension/src/cells/fixmenu';
import type { Fix } from '../../../labextension/src/contract';
import { fixOf, problemOf } from '../analyses';
import { openNotebook } from '../open';

describe('the menu of fixes', () => {
  const open = (...repairs: Fix[]): Menu => {
    const { panel } = openNotebook({ source: 'limit = 3' }, { source: 'a' });
    return openFixMenu(
      {
        panel,
        workbench: {} as never,
        client: {} as never,
        trans: nullTranslator.load('mage_jlab')
      },
      problemOf('c1', 1, 1, 2, repairs),
      document.createElement('button')
    );
  };
  const labels = (menu: Menu): string[] => menu.items.map(one => one.label);

  it('offers the safest first, chosen by Enter, and the way to the cause last', () => {
    const menu = open(fixOf('go'), fixOf('move'), fixOf('edit'));
    expect(labels(menu)).toEqual(['move it', 'edit it', '', 'go it']);
    expect(menu.activeIndex).toBe(0);
    expect(menu.items[0].keyBinding?.keys).toEqual(['Enter']);
    expect(menu.items[1].keyBinding).toBeNull();
    menu.dispose();
  });

  it('has no line between where there is nothing on one side', () => {
    const ways = open(fixOf('go'), fixOf('go-2'));
    expect(labels(ways)).toEqual(['go it', 'go-2 it']);
    ways.dispose();
    const mends = open(fixOf('tag'));
    expect(labels(mends)).toEqual(['tag it']);
    mends.dispose();
  });

  it('goes where a fix leads', async () => {
    const { panel, content } = openNotebook(
      { source: 'limit = 3' },
      { source: 'a' }
    );
    content.activeCellIndex = 1;
    const menu = openFixMenu(
      { panel } as never,
      problemOf('c1', 1, 1, 2, [fixOf('go', { cell_id: 'c0' })]),
      document.createElement('button')
    );
    await menu.commands.execute(menu.items[0].command);
    expect(content.activeCellIndex).toBe(0);
    menu.dispose();
  });
});
