import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';

/** A place in a notebook. */
export interface IPlace {
  /** The cell's id. */
  cell: string;

  /** The line in the cell, from 1; without it the cell is chosen, in command mode. */
  line?: number | null;

  /** The column, from 1. */
  column?: number | null;
}

/** Find a notebook's cell by its id. */
export function findCell(panel: NotebookPanel, id: string): Cell | null {
  return panel.content.widgets.find(cell => cell.model.id === id) ?? null;
}

/** Make a cell the active one, show it, and put the caret on a line of it when one is given. */
export async function goTo(
  panel: NotebookPanel,
  place: IPlace
): Promise<boolean> {
  const { content } = panel;
  const cell = findCell(panel, place.cell);
  if (cell === null) {
    return false;
  }
  content.activeCellIndex = content.widgets.indexOf(cell);
  content.deselectAll();
  await content.scrollToCell(cell);
  if (place.line) {
    content.mode = 'edit';
    await cell.ready;
    const position = { line: place.line - 1, column: (place.column ?? 1) - 1 };
    cell.editor?.setCursorPosition(position);
    cell.editor?.focus();
  } else {
    content.mode = 'command';
    cell.node.focus({ preventScroll: true });
  }
  return true;
}
