import type { ICellModel } from '@jupyterlab/cells';

import type { CellRole } from '../cells/typemenu';
import type {
  AnalysedBlock,
  CellChoice,
  Diagnostic,
  TaggedCell
} from '../contract';
import { givenName, isParameters } from '../model';

/** What a person changed of the guess about a cell. */
export interface IChange {
  /** What the cell becomes. */
  role?: CellRole;

  /** The block's name; empty for the one that follows from the code. */
  name?: string;

  /** Whether it is joined with the cell above that it makes sense with. */
  joined?: boolean;
}

/** A code cell in the preview: what it becomes, and why. */
export interface ITurnCell {
  /** The cell's id. */
  id: string;

  /** Its place among all cells of the notebook, as diagnostics and the command line say it: `#3`. */
  place: string;

  /** Its code. */
  source: string;

  /** What it becomes. */
  role: CellRole;

  /** The name that a person gave the block; empty when it follows from the code. */
  name: string;

  /** The cell above that it only makes sense with; null when it stands by itself. */
  merge: string | null;

  /** Whether it is joined with that one. */
  joined: boolean;

  /** Why the cell makes sense only with another, or is what it is; null when the code says it. */
  why: string | null;

  /** The block that it becomes, as the analysis of the outcome has it. */
  block: AnalysedBlock | null;

  /** What the analysis of the outcome says about it. */
  problems: Diagnostic[];
}

/**
 * Say what a cell becomes: as it was guessed, but for what a person changed.
 *
 * @param cell - the cell
 * @param index - its place among all cells, from 0
 * @param guess - the guess; null for a cell that stays scratch
 * @param change - what a person changed
 */
export function turnCell(
  cell: ICellModel,
  index: number,
  guess: TaggedCell | null,
  change: IChange
): ITurnCell {
  const guessed: CellRole = isParameters(cell)
    ? 'parameters'
    : (guess?.type ?? null);
  return {
    id: cell.id,
    place: `#${index}`,
    source: cell.sharedModel.getSource(),
    role: change.role === undefined ? guessed : change.role,
    name: change.name ?? givenName(cell) ?? '',
    merge: guess?.merge ?? null,
    joined: Boolean(guess?.merge) && (change.joined ?? false),
    why: guess?.why ?? null,
    block: null,
    problems: []
  };
}

/** What the server side is asked to make of the cells. */
export function choicesOf(cells: readonly ITurnCell[]): CellChoice[] {
  return cells.map(({ id, role, name, merge, joined }) => {
    const parameters = role === 'parameters';
    const type = role === 'parameters' ? null : role;
    return {
      cell_id: id,
      type,
      name: type !== null && name ? name : null,
      merge: joined ? merge : null,
      parameters
    };
  });
}
