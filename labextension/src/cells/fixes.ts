import type { ICellModel } from '@jupyterlab/cells';

import type { Diagnostic } from '../contract';
import type { Workbench } from '../model';
import { cellsOf } from '../model';

/** What the lab can do about a diagnostic by itself. */
export type FixKind = 'go' | 'tag' | 'move' | 'parameter' | 'explain';

/**
 * Find out what a fix's sentence asks for: to go to the cell that computes a name, to make that
 * cell a block, to move its line, or something that the user does by hand.
 */
export function kindOf(fix: string): FixKind {
  const text = fix.toLowerCase();
  if (text.startsWith('go to the cell')) {
    return 'go';
  }
  if (text.startsWith('make that cell a block')) {
    return 'tag';
  }
  if (text.startsWith('move the line into')) {
    return 'move';
  }
  return /^make .* a parameter$/.test(text) ? 'parameter' : 'explain';
}

/** Read the name that a diagnostic is about, from the code it points at; empty when it points at none. */
export function nameAt(diagnostic: Diagnostic, source: string): string {
  const { line, column, end_column: end } = diagnostic;
  if (line === null || column === null) {
    return '';
  }
  const text = source.split('\n')[line - 1] ?? '';
  const word = text.slice(column - 1, end === null ? undefined : end - 1);
  return /^[\p{L}_][\p{L}\p{N}_]*/u.exec(word)?.[0] ?? '';
}

/**
 * Find the cell that computes the name of a diagnostic: the nearest untagged code cell above it
 * that binds the name, else one below (an error all the same, and the cell to look at).
 */
export function origin(
  workbench: Workbench,
  diagnostic: Diagnostic
): ICellModel | null {
  const cells = cellsOf(workbench.model);
  const here = cells.findIndex(cell => cell.id === diagnostic.cell_id);
  const name =
    here < 0 ? '' : nameAt(diagnostic, cells[here].sharedModel.getSource());
  if (!name) {
    return null;
  }
  const above = cells.slice(0, here).reverse();
  const below = cells.slice(here + 1);
  const binds = bindingOf(name);
  return (
    [...above, ...below].find(
      cell =>
        cell.type === 'code' &&
        workbench.block(cell.id) === null &&
        binds.test(cell.sharedModel.getSource())
    ) ?? null
  );
}

/** A pattern for a line that binds a name: an assignment, a loop, a definition, an import. */
function bindingOf(name: string): RegExp {
  const assigned = `^\\s*(?:[\\w\\s,.()\\[\\]*'"]*[\\s,(*])?${name}\\s*(?:[,)][^=\\n]*)?(?::[^=\\n]+)?(?:[-+*/%&|^@]|//|\\*\\*|<<|>>)?=(?!=)`;
  const looped = `\\bfor\\s[^\\n:]*\\b${name}\\b[^\\n:]*\\sin\\b`;
  const named = `\\b(?:def|class|as|import)\\s+${name}\\b`;
  return new RegExp(`${assigned}|${looped}|${named}|\\(${name}\\s*:=`, 'm');
}

/** A line that binds a name to a literal: a number, a text, True, False or None. */
const LITERAL =
  /^[\p{L}_][\p{L}\p{N}_]*\s*=\s*(?:-?[\d._]+(?:e[-+]?\d+)?|"[^"\\]*"|'[^'\\]*'|True|False|None)\s*(?:#.*)?$/iu;

/**
 * Find the one line of a source that binds a name by itself: a whole statement, at the left edge.
 *
 * @returns the line's index; -1 when there is none, or the name is bound in several places
 */
export function lineThatBinds(name: string, source: string): number {
  const lines = source.split('\n');
  const plain = new RegExp(`^${name}\\s*=(?!=)`);
  const binding = lines.flatMap((line, at) => (plain.test(line) ? [at] : []));
  const all = source.match(new RegExp(bindingOf(name).source, 'gm')) ?? [];
  if (binding.length !== 1 || all.length !== 1) {
    return -1;
  }
  const line = lines[binding[0]];
  const next = lines[binding[0] + 1] ?? '';
  const opened = line.match(/[([{]/g)?.length ?? 0;
  const closed = line.match(/[)\]}]/g)?.length ?? 0;
  const whole =
    opened === closed && !/\\$|"""|'''/.test(line) && !/^\s+\S/.test(next);
  return whole ? binding[0] : -1;
}

/** Whether a line binds a name to a literal, as the cell of the runtime variables wants it. */
export function bindsLiteral(line: string): boolean {
  return LITERAL.test(line.trimEnd());
}

/**
 * Move a line from one cell to another, as one step of Undo in each.
 *
 * @param where - `start` for a block that uses the name, `end` for the runtime variables
 */
export function moveLine(
  from: ICellModel,
  line: number,
  to: ICellModel,
  where: 'start' | 'end'
): void {
  const lines = from.sharedModel.getSource().split('\n');
  const [moved] = lines.splice(line, 1);
  from.sharedModel.setSource(lines.join('\n'));
  const source = to.sharedModel.getSource();
  to.sharedModel.setSource(
    where === 'start' ? `${moved}\n${source}` : `${source.trimEnd()}\n${moved}`
  );
}
