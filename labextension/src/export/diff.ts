import type { FileChange } from '../contract';

/** One line of a file, before and after an export. */
export interface IDiffLine {
  /** Whether it stays, comes or goes. */
  kind: 'same' | 'added' | 'removed';

  /** Its number before, from 1; null when it comes. */
  before: number | null;

  /** Its number after, from 1; null when it goes. */
  after: number | null;

  /** The line. */
  text: string;
}

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,\d+)? @@/;

/** Split a text into lines; the end of the last one makes no line of its own. */
function linesOf(text: string | null): string[] {
  if (!text) {
    return [];
  }
  const lines = text.split('\n');
  return lines[lines.length - 1] === '' ? lines.slice(0, -1) : lines;
}

/** Give the whole file line by line, with what an export adds and removes. */
export function diffLines(change: FileChange): IDiffLine[] {
  const before = linesOf(change.before);
  const after = linesOf(change.after);
  if (change.before === null || change.before === '') {
    return after.map((text, at) => row('added', null, at + 1, text));
  }
  if (change.after === null) {
    return before.map((text, at) => row('removed', at + 1, null, text));
  }
  const found: IDiffLine[] = [];
  let old = 1;
  let now = 1;
  const keepUntil = (line: number): void => {
    while (old < line && old <= before.length) {
      found.push(row('same', old, now, before[old - 1]));
      old += 1;
      now += 1;
    }
  };
  let inside = false;
  for (const line of change.diff.split('\n')) {
    const hunk = HUNK.exec(line);
    if (hunk) {
      inside = true;
      // A hunk that removes nothing names the line before it.
      keepUntil(Number(hunk[1]) + (hunk[2] === '0' ? 1 : 0));
    } else if (inside && line.startsWith('+')) {
      found.push(row('added', null, now, line.slice(1)));
      now += 1;
    } else if (inside && line.startsWith('-')) {
      found.push(row('removed', old, null, line.slice(1)));
      old += 1;
    } else if (inside && line.startsWith(' ')) {
      keepUntil(old + 1);
    }
  }
  keepUntil(before.length + 1);
  return found;
}

/** A row of a diff in two columns: the line before and the one after; null where there is none. */
export interface IDiffPair {
  before: IDiffLine | null;
  after: IDiffLine | null;

  /** The places of the two in the diff of one column. */
  at: number[];
}

/** Put what is removed beside what is added in its place, and a line that stays beside itself. */
export function sideBySide(lines: readonly IDiffLine[]): IDiffPair[] {
  const pairs: IDiffPair[] = [];
  let removed: number[] = [];
  let added: number[] = [];
  const flush = (): void => {
    const count = Math.max(removed.length, added.length);
    for (let row = 0; row < count; row += 1) {
      const at = [removed[row], added[row]];
      pairs.push({
        before: lines[at[0]] ?? null,
        after: lines[at[1]] ?? null,
        at: at.filter(place => place !== undefined)
      });
    }
    removed = [];
    added = [];
  };
  lines.forEach((line, at) => {
    if (line.kind === 'same') {
      flush();
      pairs.push({ before: line, after: line, at: [at] });
    } else {
      (line.kind === 'removed' ? removed : added).push(at);
    }
  });
  flush();
  return pairs;
}

/** Count the lines that come or go. */
export function changedLines(lines: readonly IDiffLine[]): number {
  return lines.filter(line => line.kind !== 'same').length;
}

/** Find the first line of each run of changed lines, for the steps from change to change. */
export function changeStarts(lines: readonly IDiffLine[]): number[] {
  return lines.flatMap((line, at) =>
    line.kind !== 'same' && (at === 0 || lines[at - 1].kind === 'same')
      ? [at]
      : []
  );
}

function row(
  kind: IDiffLine['kind'],
  before: number | null,
  after: number | null,
  text: string
): IDiffLine {
  return { kind, before, after, text };
}
