import type { NotebookModel, NotebookPanel } from '@jupyterlab/notebook';

import type { ICellText } from './notebooks';
import { notebookOf } from './notebooks';

/** What a test looks at of an open notebook's view. */
export interface IContent {
  activeCellIndex: number;
  mode: 'command' | 'edit';
}

/** An open notebook as features see it: cells that follow the model, without their editors. */
export function openNotebook(...cells: ICellText[]): {
  panel: NotebookPanel;
  model: NotebookModel;
  content: IContent;
} {
  const model = notebookOf(...cells);
  const widgets = new Map<string, object>();
  const widgetOf = (id: string): object => {
    const known = widgets.get(id) ?? {
      get model() {
        return [...model.cells].find(cell => cell.id === id);
      },
      node: document.createElement('div'),
      ready: Promise.resolve(),
      editor: { focus: jest.fn(), setCursorPosition: jest.fn() }
    };
    widgets.set(id, known);
    return known;
  };
  const content = {
    activeCellIndex: 0,
    mode: 'command' as IContent['mode'],
    get widgets() {
      return [...model.cells].map(cell => widgetOf(cell.id));
    },
    get activeCell() {
      return content.widgets[content.activeCellIndex] ?? null;
    },
    deselectAll: jest.fn(),
    scrollToCell: () => Promise.resolve()
  };
  const panel = { content, isDisposed: false } as unknown as NotebookPanel;
  return { panel, model, content };
}
