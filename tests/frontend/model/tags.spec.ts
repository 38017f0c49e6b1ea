import {
  blockTypeOf,
  givenName,
  isParameters,
  setBlockType,
  setGivenName,
  tagsOf
} from '../../../labextension/src/model';
import { notebookOf } from '../notebooks';

describe('a cell', () => {
  it('is a block by its tag, and none without or with a type that is not known', () => {
    const { cells } = notebookOf(
      { source: 'a', tags: ['x', 'block:chart'] },
      { source: 'b', tags: ['block:nonsense'] },
      { source: 'c' },
      { source: 'd', tags: ['parameters'] }
    );
    const all = [...cells];
    expect(all.map(blockTypeOf)).toEqual(['chart', null, null, null]);
    expect(all.map(isParameters)).toEqual([false, false, false, true]);
  });

  it('keeps its other tags when its type changes', () => {
    const cell = notebookOf({
      source: 'a',
      tags: ['keep', 'block:chart']
    }).cells.get(0);
    setBlockType(cell, 'sensor');
    expect(tagsOf(cell)).toEqual(['keep', 'block:sensor']);
    setBlockType(cell, null);
    expect(tagsOf(cell)).toEqual(['keep']);
  });

  it('is left as it was never tagged when its only tag goes, its name with it', () => {
    const cell = notebookOf({
      source: 'a',
      tags: ['block:chart'],
      mage: { name: 'n' }
    }).cells.get(0);
    setBlockType(cell, null);
    expect(cell.metadata).toEqual({});
  });

  it('writes nothing when the type is the one it has', () => {
    const cell = notebookOf({ source: 'a', tags: ['block:chart'] }).cells.get(
      0
    );
    const changed = jest.fn();
    cell.metadataChanged.connect(changed);
    setBlockType(cell, 'chart');
    expect(changed).not.toHaveBeenCalled();
  });

  it('has its change undone in one step', () => {
    const model = notebookOf({ source: 'a' });
    const cell = model.cells.get(0);
    model.sharedModel.clearUndoHistory();
    setBlockType(cell, 'chart');
    cell.sharedModel.undo();
    expect(blockTypeOf(cell)).toBeNull();
  });

  it('can be given a name, and lose it without losing what else was said', () => {
    const cell = notebookOf({
      source: 'a',
      tags: ['block:chart'],
      mage: { upstream: ['u'] }
    }).cells.get(0);
    setGivenName(cell, 'weekly');
    expect(givenName(cell)).toBe('weekly');
    setGivenName(cell, '');
    expect(cell.getMetadata('mage')).toEqual({ upstream: ['u'] });
  });
});
