import type { BlockRun } from '../../../labextension/src/contract';
import {
  driftOf,
  driftTitle,
  driftWord,
  showDrift
} from '../../../labextension/src/cells/drift';
import { CommandIDs } from '../../../labextension/src/tokens';
import { nullTranslator } from '@jupyterlab/translation';
import { blockOf } from '../analyses';

const trans = nullTranslator.load('mage_jlab');
const ranWith = (code: string | null): BlockRun =>
  ({ code }) as unknown as BlockRun;

describe('drift', () => {
  it('is nothing while nothing is exported, nothing ran, or all agree', () => {
    expect(driftOf(blockOf('a'), null)).toEqual([]);
    expect(driftOf(blockOf('a'), ranWith('h'))).toEqual([]);
    const exported = { ...blockOf('a'), code: 'h' };
    expect(driftOf(exported, null)).toEqual([]);
    expect(driftOf(exported, ranWith(null))).toEqual([]);
    expect(driftOf(exported, ranWith('h'))).toEqual([]);
  });

  it('tells of cell, file and last run', () => {
    const block = { ...blockOf('a'), code: 'h', drift: ['cell' as const] };
    const kinds = driftOf(block, ranWith('other'));
    expect(kinds.map(kind => driftWord(kind, trans))).toEqual([
      'edited since export',
      'last run ran other code'
    ]);
    expect(driftWord('file', trans)).toBe('file is newer');
    expect(driftTitle('file', trans)).not.toBe(driftTitle('run', trans));
  });

  it('leads to the diff, and to the run', () => {
    const execute = jest.fn(() => Promise.resolve());
    const bench = {
      path: 'n.ipynb',
      last: { run: { id: 'r1' } },
      block: () => ({ name: 'a' })
    };
    showDrift({ execute } as never, bench as never, 'c1', 'file');
    showDrift({ execute } as never, bench as never, 'c1', 'run');
    expect(execute.mock.calls).toEqual([
      [CommandIDs.exportNotebook, { path: 'n.ipynb', cell: 'c1' }],
      [CommandIDs.openRun, { run: 'r1', block: 'a' }]
    ]);
  });
});
