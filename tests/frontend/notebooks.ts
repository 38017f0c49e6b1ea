import { NotebookModel } from '@jupyterlab/notebook';

/** A code cell of a notebook to be made: its source, its tags and its id. */
export interface ICellText {
  source: string;
  tags?: string[];
  id?: string;
  mage?: { [key: string]: unknown };
}

/** Make a notebook's model of code cells, with the ids `c0`, `c1` … by default. */
export function notebookOf(...cells: ICellText[]): NotebookModel {
  const model = new NotebookModel();
  model.fromJSON({
    cells: cells.map(({ source, tags, id, mage }, at) => ({
      cell_type: 'code',
      id: id ?? `c${at}`,
      source,
      outputs: [],
      execution_count: null,
      metadata: { ...(tags ? { tags } : {}), ...(mage ? { mage } : {}) }
    })),
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5
  } as never);
  return model;
}
