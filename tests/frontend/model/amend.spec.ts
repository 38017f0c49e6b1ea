import type { INotebookContent } from '@jupyterlab/nbformat';
import type { NotebookModel } from '@jupyterlab/notebook';

import type { IAmendment } from '../../../labextension/src/model';
import { amend, blockTypeOf } from '../../../labextension/src/model';
import { notebookOf } from '../notebooks';

describe('amending an open notebook', () => {
  let model: NotebookModel;
  let sent: INotebookContent;

  beforeEach(() => {
    model = notebookOf(
      { source: 'import x' },
      { source: 'a = 1\nb = 2', tags: ['block:custom', 'mine'] },
      { source: 'c = a' }
    );
    sent = model.toJSON();
  });

  const wanted = (
    change: (cells: INotebookContent['cells']) => INotebookContent['cells']
  ): INotebookContent => {
    const copy = JSON.parse(JSON.stringify(sent)) as INotebookContent;
    return { ...copy, cells: change(copy.cells) };
  };
  const sources = (): string[] =>
    [...model.cells].map(cell => cell.sharedModel.getSource());
  const ids = (): string[] => [...model.cells].map(cell => cell.id);
  const made = (source: string, id: string) => ({
    cell_type: 'code',
    id,
    source,
    metadata: { tags: ['block:chart'] },
    outputs: [],
    execution_count: null
  });
  const doTo = (change: Parameters<typeof wanted>[0]): IAmendment | null =>
    amend(model, sent, wanted(change));

  it('changes texts, tags and names, and one Undo takes all of it back', () => {
    const done = doTo(([first, second, third]) => [
      { ...first, source: ['import x\n', 'import y'] },
      { ...second, metadata: { mage: { name: 'two' } } },
      { ...third, metadata: { tags: ['block:transformer'] } }
    ]);
    expect(done?.changed).toEqual(['c0', 'c1', 'c2']);
    expect(sources()).toEqual(['import x\nimport y', 'a = 1\nb = 2', 'c = a']);
    expect([...model.cells].map(blockTypeOf)).toEqual([
      null,
      null,
      'transformer'
    ]);
    expect(model.cells.get(1).getMetadata('mage')).toEqual({ name: 'two' });
    expect(done?.takeBack()).toBe(true);
    expect(model.toJSON()).toEqual(sent);
  });

  it('joins cells: one goes, the other has both texts', () => {
    const done = doTo(([first, second]) => [
      first,
      { ...second, source: 'a = 1\nb = 2\n\nc = a' }
    ]);
    expect(done).toMatchObject({ changed: ['c1'], removed: ['c2'], added: [] });
    expect(sources()).toEqual(['import x', 'a = 1\nb = 2\n\nc = a']);
    done?.takeBack();
    expect(model.toJSON()).toEqual(sent);
  });

  it('puts a new cell in its place, and moves one that was there', () => {
    const done = doTo(([first, second, third]) => [
      third,
      made('p = 3', 'new'),
      first,
      second
    ]);
    expect(done?.added).toEqual(['new']);
    expect(ids()).toEqual(['c2', 'new', 'c0', 'c1']);
    expect(blockTypeOf(model.cells.get(1))).toBe('chart');
    done?.takeBack();
    expect(ids()).toEqual(['c0', 'c1', 'c2']);
  });

  it('leaves what others wrote meanwhile in other cells, and their new cells', () => {
    model.cells.get(2).sharedModel.setSource('c = a + 1');
    model.sharedModel.insertCell(0, made('theirs = 1', 'theirs'));
    const done = doTo(([first, second, third]) => [
      { ...first, source: 'import y' },
      made('p = 3', 'new'),
      second,
      third
    ]);
    expect(done).not.toBeNull();
    expect(sources()).toEqual([
      'theirs = 1',
      'import y',
      'p = 3',
      'a = 1\nb = 2',
      'c = a + 1'
    ]);
  });

  it.each([
    ['was edited', () => model.cells.get(2).sharedModel.setSource('c = 9')],
    ['was tagged', () => model.cells.get(2).setMetadata('tags', ['x'])],
    ['is gone', () => model.sharedModel.deleteCell(2)]
  ])('does nothing when a cell to change %s meanwhile', (_, meanwhile) => {
    meanwhile();
    const now = JSON.stringify(model.toJSON());
    const done = doTo(([first, second, third]) => [
      { ...first, source: 'import y' },
      second,
      { ...third, source: 'c = b' }
    ]);
    expect(done).toBeNull();
    expect(JSON.stringify(model.toJSON())).toBe(now);
  });

  it.each([
    ['ab', 'axb'],
    ['a😀b', 'a😁b'],
    ['a😁', 'a😀😁'],
    ['x😀😀y', 'x😀y'],
    ['aaa', 'aa'],
    ['', 'a'],
    ['a', '']
  ])('makes %s into %s, whole signs at a time', (before, after) => {
    model.cells.get(0).sharedModel.setSource(before);
    sent = model.toJSON();
    doTo(([first, ...rest]) => [{ ...first, source: after }, ...rest]);
    expect(sources()[0]).toBe(after);
  });

  it('is not taken back by its own button when cells were worked on since', () => {
    const done = doTo(([first, ...rest]) => [
      { ...first, source: 'import y' },
      ...rest
    ]);
    model.sharedModel.deleteCell(2);
    expect(done?.takeBack()).toBe(false);
    model.sharedModel.undo();
    expect(done?.takeBack()).toBe(true);
    expect(sources()[0]).toBe('import x');
  });
});
