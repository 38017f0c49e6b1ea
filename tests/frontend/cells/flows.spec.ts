import {
  gathered,
  inflows,
  outflows,
  shortened
} from '../../../labextension/src/cells/flows';
import { analysisOf, blockOf } from '../analyses';

describe('what flows', () => {
  const load = blockOf('load', {}, ['df', 'extra']);
  const clean = blockOf('v1.0/clean', { df: 'load.df' }, ['df']);
  const join = blockOf('join', { df: 'v1.0/clean.df', extra: 'load.extra' });
  const analysis = analysisOf([load, clean, join]);

  it('in, is each parameter with the block that gives it', () => {
    expect(inflows(join)).toEqual([
      { name: 'df', blocks: ['v1.0/clean'] },
      { name: 'extra', blocks: ['load'] }
    ]);
  });

  it('out, is each result with the blocks that read this very one', () => {
    expect(outflows(analysis, load)).toEqual([
      { name: 'df', blocks: ['v1.0/clean'] },
      { name: 'extra', blocks: ['join'] }
    ]);
    expect(outflows(analysis, join)).toEqual([{ name: 'join', blocks: [] }]);
  });

  it('is shortened to three names and the count of the rest', () => {
    const flows = ['a', 'b', 'c', 'd', 'e'].map(name => ({ name, blocks: [] }));
    expect(shortened(flows)).toEqual({ shown: flows.slice(0, 3), more: 2 });
    expect(shortened(flows.slice(0, 3)).more).toBe(0);
  });

  it('names a block once for all that it gives', () => {
    expect(
      gathered([
        { name: 'a', blocks: ['x'] },
        { name: 'b', blocks: ['y'] },
        { name: 'c', blocks: ['x'] }
      ])
    ).toEqual([
      { names: ['a', 'c'], blocks: ['x'] },
      { names: ['b'], blocks: ['y'] }
    ]);
  });
});
