import type { Notebook } from '@jupyterlab/notebook';

/**
 * Find the block that a reader of a notebook has before them: the first one whose cell is in
 * sight, however little of it.
 *
 * @param notebook - the notebook's cells on the page
 * @param blocks - the ids of the cells that are blocks
 * @returns the cell's id; null when no block is in sight
 */
export function blockInSight(
  notebook: Pick<Notebook, 'node' | 'widgets'>,
  blocks: ReadonlySet<string>
): string | null {
  const { top, bottom } = notebook.node.getBoundingClientRect();
  for (const cell of notebook.widgets) {
    // The host keeps cells that are far away out of the page.
    if (blocks.has(cell.model.id) && cell.isAttached) {
      const place = cell.node.getBoundingClientRect();
      if (place.height > 0 && place.bottom > top && place.top < bottom) {
        return cell.model.id;
      }
    }
  }
  return null;
}

/** Scroll the rail as little as it takes to show a block's row; nothing else moves. */
export function reveal(rail: HTMLElement, cell: string | null): void {
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
