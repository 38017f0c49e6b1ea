import type { Notebook } from '@jupyterlab/notebook';

/**
 * Find the blocks that a reader of a notebook has before them, however little of them.
 *
 * @param notebook - the notebook's cells on the page
 * @param blocks - the ids of the cells that are blocks
 * @returns the ids of those in sight, from the upper edge to the lower one
 */
export function blocksInSight(
  notebook: Pick<Notebook, 'node' | 'widgets'>,
  blocks: ReadonlySet<string>
): string[] {
  const { top, bottom } = notebook.node.getBoundingClientRect();
  return notebook.widgets
    .filter(cell => {
      // The host keeps cells that are far away out of the page.
      if (!blocks.has(cell.model.id) || !cell.isAttached) {
        return false;
      }
      const place = cell.node.getBoundingClientRect();
      return place.height > 0 && place.bottom > top && place.top < bottom;
    })
    .map(cell => cell.model.id);
}

/** Scroll the rail as little as it takes to show a block's row; nothing else moves. */
export function reveal(rail: HTMLElement, cell: string | undefined): void {
  const list = rail.querySelector('.mage-Rail-scroll');
  const row = [...rail.querySelectorAll<HTMLElement>('.mage-Rail-row')].find(
    one => one.dataset.mageCell === cell
  );
  if (!list || !row) {
    return;
  }
  const frame = list.getBoundingClientRect();
  const place = row.getBoundingClientRect();
  if (place.top < frame.top) {
    list.scrollTop -= frame.top - place.top;
  } else if (place.bottom > frame.bottom) {
    list.scrollTop += place.bottom - frame.bottom;
  }
}
