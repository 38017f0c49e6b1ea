import type { RunsClient } from '../client';
import type { AnalysedBlock, Run } from '../contract';

/** How many of the last runs are asked how long a block takes. */
const RUNS = 5;

/** Read a pipeline's last runs, with their block runs. */
export async function lastRuns(
  client: RunsClient,
  project: string,
  pipeline: string
): Promise<Run[]> {
  const query = { project, pipeline, limit: RUNS };
  const { items } = await client.list(query);
  return Promise.all(items.map(run => client.get(run.id)));
}

/**
 * Estimate how long it takes to compute blocks again: each as long as in the middle one of the
 * runs that computed it, those that do not wait for each other at the same time.
 *
 * @param stale - the names of the blocks to compute
 * @param blocks - the pipeline's blocks, each after those above it
 * @param runs - the last runs
 * @returns ms; null when no run computed any of the blocks
 */
export function timeToCompute(
  stale: readonly string[],
  blocks: readonly AnalysedBlock[],
  runs: readonly Run[]
): number | null {
  const ends = new Map<string, number>();
  let known = false;
  for (const { name, upstream } of blocks) {
    if (stale.includes(name)) {
      const took = middle(runs.flatMap(run => lasted(run, name)));
      const start = Math.max(0, ...upstream.map(one => ends.get(one) ?? 0));
      known = known || took !== null;
      ends.set(name, start + (took ?? 0));
    }
  }
  return known ? Math.max(...ends.values()) : null;
}

/** How long a block took in a run that computed it, in ms: one value, or none. */
function lasted(run: Run, block: string): number[] {
  return run.block_runs
    .filter(one => one.block === block && one.state === 'success')
    .filter(one => !one.cached && one.started_at && one.ended_at)
    .map(
      ({ started_at: start, ended_at: end }) =>
        Date.parse(end ?? '') - Date.parse(start ?? '')
    );
}

function middle(values: number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length > 0 ? sorted[Math.floor(sorted.length / 2)] : null;
}
