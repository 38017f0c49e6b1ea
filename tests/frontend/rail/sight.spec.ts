import { blocksInSight, reveal } from '../../../labextension/src/rail/sight';

const place = (node: HTMLElement, top: number, height: number): HTMLElement => {
  node.getBoundingClientRect = () => new DOMRect(0, top, 100, height);
  return node;
};

// jsdom has no rectangles of its own.
class Rect {
  constructor(
    readonly x: number,
    readonly y: number,
    readonly width: number,
    readonly height: number
  ) {}

  get top(): number {
    return this.y;
  }

  get bottom(): number {
    return this.y + this.height;
  }
}
Object.assign(globalThis, { DOMRect: Rect });

describe('the blocks in sight', () => {
  const notebook = (...tops: number[]) => ({
    node: place(document.createElement('div'), 100, 500),
    widgets: tops.map((top, at) => ({
      model: { id: `c${at}` },
      isAttached: true,
      node: place(document.createElement('div'), top, 50)
    }))
  });
  const seen = (ids: string[], ...tops: number[]): string[] =>
    blocksInSight(notebook(...tops) as never, new Set(ids));

  it('are those between the upper and the lower edge', () => {
    const ids = ['c0', 'c1', 'c2', 'c3'];
    expect(seen(ids, 0, 60, 200, 599)).toEqual(['c1', 'c2', 'c3']);
    expect(seen(ids, 0, 40, 200, 600)).toEqual(['c2']);
  });

  it('are no cells that are no blocks', () => {
    expect(seen(['c2'], 110, 160, 210)).toEqual(['c2']);
    expect(seen([], 110)).toEqual([]);
  });

  it('are no cells that the host keeps out of the page', () => {
    const far = notebook(110, 200);
    far.widgets[0].isAttached = false;
    const ids = new Set(['c0', 'c1']);
    expect(blocksInSight(far as never, ids)).toEqual(['c1']);
  });
});

describe('a rail that follows', () => {
  const rail = (top: number): { node: HTMLElement; list: HTMLElement } => {
    const node = document.createElement('div');
    const list = place(document.createElement('div'), 0, 100);
    list.className = 'mage-Rail-scroll';
    list.scrollTop = 50;
    const row = place(document.createElement('div'), top, 28);
    row.className = 'mage-Rail-row';
    row.dataset.mageCell = 'a "b"';
    list.append(row);
    node.append(list);
    return { node, list };
  };

  it.each([
    ['up to a row above', -20, 30],
    ['down to a row below', 90, 68],
    ['not for a row in sight', 40, 50]
  ])('scrolls %s', (_, top, scrolled) => {
    const { node, list } = rail(top);
    reveal(node, 'a "b"');
    expect(list.scrollTop).toBe(scrolled);
  });

  it('stays where no block is in sight', () => {
    const { node, list } = rail(-20);
    reveal(node, undefined);
    reveal(node, 'other');
    expect(list.scrollTop).toBe(50);
  });
});
