import type { PipelineRow, RunState } from '../contract';
import { lastRun } from './sentences';

/** The orders that the list of pipelines can have. */
export type Order = 'failure' | 'name' | 'run' | 'next';

/** The states that have a chip, when there is a pipeline in it. */
export const CHIPS = [
  'failed',
  'running',
  'needs_attention'
] as const satisfies readonly RunState[];

/** A chip: all pipelines, or those whose last run is in one state. */
export type Chip = 'all' | (typeof CHIPS)[number];

/** The chip that a pipeline stands under. */
export function chipOf(row: PipelineRow): Chip {
  const state = lastRun(row)?.state;
  if (row.problem) {
    return 'failed';
  }
  return state === 'queued'
    ? 'running'
    : (CHIPS.find(chip => chip === state) ?? 'all');
}

/**
 * How many pipelines stand under each chip.
 */
export function chipCounts(rows: readonly PipelineRow[]): Map<Chip, number> {
  const counts = new Map<Chip, number>([['all', rows.length]]);
  for (const row of rows) {
    const chip = chipOf(row);
    if (chip !== 'all') {
      counts.set(chip, (counts.get(chip) ?? 0) + 1);
    }
  }
  return counts;
}

const lastAt = (row: PipelineRow): string => lastRun(row)?.created_at ?? '';

/** What each order looks at; the smaller comes first. */
const RANKS: Record<Order, (row: PipelineRow) => readonly [number, string]> = {
  failure: row => {
    const chip = chipOf(row);
    const rank =
      chip === 'running' ? 0 : chip === 'failed' ? 1 : chip === 'all' ? 3 : 2;
    return [rank, row.name];
  },
  name: row => [0, row.name],
  run: row => [-Date.parse(lastAt(row)) || 0, row.name],
  next: row => [Date.parse(row.next_at ?? '') || Infinity, row.name]
};

/**
 * The pipelines of a chip in an order; equal ones by name.
 */
export function ordered(
  rows: readonly PipelineRow[],
  chip: Chip,
  order: Order
): PipelineRow[] {
  const rank = RANKS[order];
  return rows
    .filter(row => chip === 'all' || chipOf(row) === chip)
    .map(row => ({ row, rank: rank(row) }))
    .sort(
      (a, b) => a.rank[0] - b.rank[0] || a.rank[1].localeCompare(b.rank[1]) || 0
    )
    .map(({ row }) => row);
}
