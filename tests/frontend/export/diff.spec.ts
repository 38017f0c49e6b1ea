import type { FileChange } from '../../../labextension/src/contract';
import {
  changedLines,
  changeStarts,
  diffLines,
  sideBySide
} from '../../../labextension/src/export/diff';

const change = (
  before: string | null,
  after: string | null,
  diff: string
): FileChange => ({
  path: 'a.py',
  kind: before === null ? 'new' : 'changed',
  before,
  after,
  diff,
  cell_id: null,
  used_by: []
});

const letters = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `line ${at + 1}`);

describe('a diff', () => {
  it('shows a new file as all that comes, and a removed one as all that goes', () => {
    expect(diffLines(change(null, 'a\nb\n', ''))).toEqual([
      { kind: 'added', before: null, after: 1, text: 'a' },
      { kind: 'added', before: null, after: 2, text: 'b' }
    ]);
    expect(diffLines(change('a\n', null, ''))).toEqual([
      { kind: 'removed', before: 1, after: null, text: 'a' }
    ]);
    expect(diffLines(change(null, '', ''))).toEqual([]);
  });

  it('shows the whole file round its hunks, with both numbers', () => {
    const before = letters(12);
    const after = [...before];
    after[5] = 'changed';
    after.push('more');
    const diff = [
      '--- a/a.py',
      '+++ b/a.py',
      '@@ -5,3 +5,3 @@',
      ' line 5',
      '-line 6',
      '+changed',
      ' line 7',
      '@@ -12 +12,2 @@',
      ' line 12',
      '+more',
      ''
    ].join('\n');
    const lines = diffLines(
      change(before.join('\n') + '\n', after.join('\n') + '\n', diff)
    );
    const texts = (kind: string): string[] =>
      lines.filter(line => line.kind !== kind).map(line => line.text);
    expect(texts('added')).toEqual(before);
    expect(texts('removed')).toEqual(after);
    expect(lines[6]).toEqual({
      kind: 'added',
      before: null,
      after: 6,
      text: 'changed'
    });
    expect(lines[lines.length - 1].after).toBe(13);
    expect(changedLines(lines)).toBe(3);
    expect(changeStarts(lines)).toEqual([5, 13]);
  });

  it('inserts after the line that a hunk without removals names', () => {
    const lines = diffLines(
      change('a\nb\nc\n', 'a\nb\nx\nc\n', '@@ -2,0 +3 @@\n+x\n')
    );
    expect(lines.map(({ text }) => text)).toEqual(['a', 'b', 'x', 'c']);
  });

  it('shows a file that stays as it is', () => {
    const lines = diffLines(change('a\nb', 'a\nb', ''));
    expect(changedLines(lines)).toBe(0);
    expect(lines).toHaveLength(2);
  });

  it('puts what goes beside what comes in its place, in two columns', () => {
    const lines = diffLines(
      change(
        'a\nb\nc\nd\n',
        'a\nB\nd\nE\n',
        '@@ -1,4 +1,4 @@\n a\n-b\n-c\n+B\n d\n+E'
      )
    );
    const rows = sideBySide(lines).map(({ before, after }) => [
      before?.text,
      after?.text
    ]);
    expect(rows).toEqual([
      ['a', 'a'],
      ['b', 'B'],
      ['c', undefined],
      ['d', 'd'],
      [undefined, 'E']
    ]);
    expect(sideBySide(lines).flatMap(({ at }) => at)).toEqual([
      0, 1, 3, 2, 4, 5
    ]);
  });
});
