import type { ICellModel } from '@jupyterlab/cells';
import type { ICell, INotebookContent } from '@jupyterlab/nbformat';
import type { INotebookModel } from '@jupyterlab/notebook';

/** What was done to an open notebook, and the way back. */
export interface IAmendment {
  /** The ids of the cells that have another text, tag or name. */
  changed: string[];

  /** The ids of the cells that came. */
  added: string[];

  /** The ids of the cells that went. */
  removed: string[];

  /**
   * Take it back.
   *
   * @returns whether it was: not when the notebook's cells were worked on since
   */
  takeBack: () => boolean;
}

/**
 * Make an open notebook what the server side made of its text, cell by cell: in one transaction,
 * which everybody who has it open sees at once and one Undo takes back. What the answer does not
 * concern stays, also what others wrote meanwhile.
 *
 * @param model - the notebook
 * @param sent - its text as the server side got it
 * @param wanted - that text as it should be
 * @returns what was done; null, with nothing done, when a cell to change is not as it was sent
 */
export function amend(
  model: INotebookModel,
  sent: INotebookContent,
  wanted: INotebookContent
): IAmendment | null {
  const before = byId(sent);
  const after = byId(wanted);
  const kept = (id: string): boolean =>
    before.get(id)?.cell_type === after.get(id)?.cell_type;
  const removed = [...before.keys()].filter(id => !kept(id));
  const added = [...after.keys()].filter(id => !kept(id));
  const changed = [...after.keys()].filter(
    id => kept(id) && written(before.get(id)) !== written(after.get(id))
  );
  const asSent = [...removed, ...changed].every(
    id => writtenNow(find(model, id)) === written(before.get(id))
  );
  if (!asSent) {
    return null;
  }
  const shared = model.sharedModel;
  const history = historyOf(shared);
  history?.stopCapturing();
  shared.transact(() => {
    // The model hears of what comes and goes only when the transaction ends.
    const order = shared.cells.map(cell => cell.id);
    for (const id of removed) {
      shared.deleteCell(order.indexOf(id));
      order.splice(order.indexOf(id), 1);
    }
    for (const id of changed) {
      const cell = find(model, id);
      const to = after.get(id);
      if (cell && to) {
        rewrite(cell, textOf(to));
        setAll(cell, before.get(id)?.metadata ?? {}, to.metadata);
      }
    }
    arrange(model, order, [...after.values()], new Set(added));
  });
  history?.stopCapturing();
  const step = last(history);
  return {
    changed,
    added,
    removed,
    takeBack: () => {
      const newest = step !== null && last(history) === step;
      if (newest) {
        shared.undo();
      }
      return newest;
    }
  };
}

/** The steps that a notebook's Undo can take back; the interface of its model does not tell of them. */
interface IHistory {
  readonly undoStack: readonly object[];
  stopCapturing: () => void;
}

function historyOf(shared: object): IHistory | null {
  return (shared as { undoManager?: IHistory }).undoManager ?? null;
}

function last(history: IHistory | null): object | null {
  return history?.undoStack[history.undoStack.length - 1] ?? null;
}

function byId(notebook: INotebookContent): Map<string, ICell> {
  return new Map(notebook.cells.map(cell => [cell.id as string, cell]));
}

function textOf(cell: ICell): string {
  const { source } = cell;
  return Array.isArray(source) ? source.join('') : source;
}

/** What a person wrote into a cell, as a text to compare. */
function written(cell: ICell | undefined): string {
  return cell ? asText(textOf(cell), cell.metadata) : '';
}

/** The same of a live cell. */
function writtenNow(cell: ICellModel | null): string {
  return cell ? asText(cell.sharedModel.getSource(), cell.metadata) : '';
}

function asText(source: string, metadata: ICell['metadata']): string {
  const entries = Object.entries(metadata);
  return JSON.stringify([source, entries.sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function find(model: INotebookModel, id: string): ICellModel | null {
  return Array.from(model.cells).find(cell => cell.id === id) ?? null;
}

/** Put in the cells that come, and the others into the order that is wanted. */
function arrange(
  model: INotebookModel,
  order: string[],
  wanted: readonly ICell[],
  added: ReadonlySet<string>
): void {
  const shared = model.sharedModel;
  const insert = (
    at: number,
    cell: Parameters<typeof shared.insertCell>[1]
  ) => {
    shared.insertCell(at, cell);
    order.splice(at, 0, cell.id as string);
  };
  let above = -1;
  for (const cell of wanted) {
    const id = cell.id as string;
    const here = order.indexOf(id);
    const live = find(model, id);
    if (added.has(id)) {
      above += 1;
      insert(above, { ...cell, source: textOf(cell) });
    } else if (here > above) {
      above = here;
    } else if (here >= 0 && live) {
      const moved = live.sharedModel.toJSON();
      shared.deleteCell(here);
      order.splice(here, 1);
      insert(above, moved);
    }
  }
}

/** Change only the part of a text that differs, so that carets and others' edits stay in place. */
function rewrite(cell: ICellModel, text: string): void {
  const before = cell.sharedModel.getSource();
  const most = Math.min(before.length, text.length);
  let start = 0;
  while (start < most && before[start] === text[start]) {
    start += 1;
  }
  let end = 0;
  while (
    end < most - start &&
    before[before.length - 1 - end] === text[text.length - 1 - end]
  ) {
    end += 1;
  }
  // The two halves of a sign beyond the first plane stay together.
  if (start > 0 && isHighHalf(before, start - 1)) {
    start -= 1;
  }
  if (end > 0 && isHighHalf(before, before.length - end - 1)) {
    end -= 1;
  }
  if (start < before.length - end || start < text.length - end) {
    cell.sharedModel.updateSource(
      start,
      before.length - end,
      text.slice(start, text.length - end)
    );
  }
}

function isHighHalf(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xd800 && code < 0xdc00;
}

function setAll(
  cell: ICellModel,
  before: ICell['metadata'],
  after: ICell['metadata']
): void {
  for (const [key, value] of Object.entries(after)) {
    cell.setMetadata(key, value);
  }
  for (const key of Object.keys(before)) {
    if (!(key in after)) {
      cell.deleteMetadata(key);
    }
  }
}
