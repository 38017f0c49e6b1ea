import {
  downstream,
  edgeNames,
  treeRows
} from '../../../labextension/src/graph/order';
import { block, pipeline } from '../samples';

const diamond = pipeline([
  block('load'),
  block('left', ['load']),
  block('right', ['load']),
  block('join', ['left', 'right'])
]);

describe('the tree beside the graph', () => {
  it('shows a block with two parents in full once, and again in italics', () => {
    const rows = treeRows(diamond).map(row => [
      row.block.name,
      row.depth,
      row.again
    ]);
    expect(rows).toEqual([
      ['load', 0, false],
      ['left', 1, false],
      ['join', 2, false],
      ['right', 1, false],
      ['join', 2, true]
    ]);
  });

  it('folds what stands below a block', () => {
    const rows = treeRows(diamond, new Set(['/load/left']));
    expect(rows.map(row => row.block.name)).toEqual([
      'load',
      'left',
      'right',
      'join'
    ]);
    expect(rows[3].again).toBe(true);
  });

  it('has a key of its own for each row', () => {
    const keys = treeRows(diamond).map(row => row.key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('starts at a block whose blocks above are not in the pipeline', () => {
    const rows = treeRows(pipeline([block('clean', ['elsewhere'])]));
    expect(rows.map(row => row.block.name)).toEqual(['clean']);
  });

  it('knows who uses a block, and the names along an edge', () => {
    expect(
      downstream(diamond.blocks)
        .get('load')
        ?.map(one => one.name)
    ).toEqual(['left', 'right']);
    expect(edgeNames(diamond, 'left', 'join')).toEqual(['left']);
    expect(edgeNames(diamond, 'load', 'join')).toEqual([]);
  });
});
