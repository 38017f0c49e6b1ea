import {
  bindsLiteral,
  kindOf,
  lineThatBinds,
  moveLine,
  nameAt,
  origin
} from '../../../labextension/src/cells/fixes';
import { placeOf } from '../../../labextension/src/cells/squiggles';
import type { Workbench } from '../../../labextension/src/model';
import { Text } from '@codemirror/state';
import { problemOf } from '../analyses';
import { notebookOf } from '../notebooks';

describe('a fix', () => {
  it.each([
    ['Go to the cell that computes it', 'go'],
    ['Make that cell a block', 'tag'],
    ['Move the line into clean', 'move'],
    ['Make limit a parameter', 'parameter'],
    ['Merge the two blocks', 'explain']
  ])('%s is a case of %s', (fix, kind) => {
    expect(kindOf(fix)).toBe(kind);
  });

  it('reads the name that a diagnostic points at', () => {
    const source = 'x = 1\ny = limit + x';
    expect(nameAt(problemOf('c', 2, 5, 10), source)).toBe('limit');
    expect(nameAt(problemOf('c', 2, 5, null), source)).toBe('limit');
    expect(nameAt(problemOf('c', null, null, null), source)).toBe('');
    expect(nameAt(problemOf('c', 9, 1, 2), source)).toBe('');
  });

  const find = (...sources: string[]): string | null => {
    const model = notebookOf(...sources.map(source => ({ source })), {
      source: 'y = limit',
      id: 'here'
    });
    const bench = { model, block: () => null } as unknown as Workbench;
    return origin(bench, problemOf('here', 1, 5, 10))?.id ?? null;
  };

  it.each([
    ['an assignment', 'limit = 3'],
    ['an annotated one', 'limit: int = 3'],
    ['an augmented one', 'limit += 3'],
    ['one of several', 'low, limit = 1, 3'],
    ['a loop', 'for limit in range(3): pass'],
    ['a definition', 'def limit(): pass'],
    ['an import', 'from x import y as limit'],
    ['a walrus', 'print((limit := 3))']
  ])('finds the cell of %s', (_, source) => {
    expect(find('other = 1', source, 'print(limit == 3)')).toBe('c1');
  });

  it('finds the nearest cell above, and none where nothing binds the name', () => {
    expect(find('limit = 1', 'limit = 2', 'unlimited = 3')).toBe('c1');
    expect(find('limits = 1', 'x = limit == 2')).toBeNull();
  });

  it('moves a line only where it is whole and the only one', () => {
    expect(lineThatBinds('a', 'b = 1\na = f(2)\nc = 3')).toBe(1);
    expect(lineThatBinds('a', 'a = f(\n  2)')).toBe(-1);
    expect(lineThatBinds('a', 'a = 1\na = 2')).toBe(-1);
    expect(lineThatBinds('a', 'if x:\n    a = 1')).toBe(-1);
    expect(lineThatBinds('a', 'a = """text')).toBe(-1);
    expect(lineThatBinds('a', 'a = [1]\nfor a in b: pass')).toBe(-1);
  });

  it('knows a literal', () => {
    expect(
      ['a = 3', 'a = -1.5e3', 'a = "x"  # why', 'a = None'].map(bindsLiteral)
    ).toEqual([true, true, true, true]);
    expect(['a = f()', 'a = "x" + y', 'a = [1]'].map(bindsLiteral)).toEqual([
      false,
      false,
      false
    ]);
  });

  it('moves the line from cell to cell', () => {
    const model = notebookOf({ source: 'b = 1\na = 2' }, { source: 'c = a' });
    const [from, to] = [...model.cells];
    moveLine(from, 1, to, 'start');
    expect(from.sharedModel.getSource()).toBe('b = 1');
    expect(to.sharedModel.getSource()).toBe('a = 2\nc = a');
    moveLine(from, 0, to, 'end');
    expect(to.sharedModel.getSource()).toBe('a = 2\nc = a\nb = 1');
  });
});

describe('a squiggle', () => {
  const text = Text.of(['x = 1', '    y = limit', '']);

  it('stands under the name', () => {
    expect(placeOf(problemOf('c', 2, 9, 14), text)).toEqual({
      from: 14,
      to: 19
    });
  });

  it('stands under the line without its indent where no column is known', () => {
    expect(placeOf(problemOf('c', 2, null, null), text)).toEqual({
      from: 10,
      to: 19
    });
  });

  it('is not drawn where the text no longer has the place', () => {
    expect(placeOf(problemOf('c', 9, 1, 2), text)).toBeNull();
    expect(placeOf(problemOf('c', 3, 1, 2), text)).toBeNull();
    expect(placeOf(problemOf('c', null, null, null), text)).toBeNull();
  });
});
