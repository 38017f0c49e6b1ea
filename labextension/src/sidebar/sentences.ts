import type { TranslationBundle } from '@jupyterlab/translation';

import type { PipelineRow, RunMark } from '../contract';
import { ago, between, duration, shortly, stateWord } from '../ui';

/** The newest run of a pipeline; its row lists them oldest first. */
export function lastRun(row: PipelineRow): RunMark | null {
  return row.last_runs[row.last_runs.length - 1] ?? null;
}

/**
 * What happened last to a pipeline, as the second line of its row.
 */
export function whatHappened(
  row: PipelineRow,
  trans: TranslationBundle,
  now: number
): string {
  if (row.problem) {
    return where(row, trans);
  }
  const run = lastRun(row);
  if (!run) {
    return trans.__('Never run');
  }
  const took = between(run.started_at, run.ended_at, now);
  const when = ago(run.ended_at ?? run.created_at, trans, now);
  switch (run.state) {
    case 'queued':
      return trans.__('Run %1 waits', run.number);
    case 'running':
      return trans.__('Run %1, %2', run.number, duration(took ?? 0));
    case 'failed':
      return run.failed_block
        ? trans.__('Failed at %1, %2', run.failed_block, when)
        : trans.__('Failed %1', when);
    case 'cancelled':
      return trans.__('Cancelled %1', when);
    case 'needs_attention':
      return trans.__('Waits for an answer, %1', when);
    case 'success':
      return took === null ? when : trans.__('%1, %2', when, duration(took));
  }
}

/** The place in the file that cannot be read. */
function where(row: PipelineRow, trans: TranslationBundle): string {
  const problem = row.problem;
  const file = problem?.file.split('/').pop() ?? '';
  return problem?.line
    ? trans.__('%1, line %2', file, problem.line)
    : trans.__('%1 cannot be read', file);
}

/**
 * When a pipeline runs next, as its row says it.
 */
export function whatComes(
  row: PipelineRow,
  trans: TranslationBundle,
  now: number
): string {
  if (row.next_at) {
    return trans.__('next %1', shortly(row.next_at, now));
  }
  return row.triggers === 0 ? trans.__('no trigger') : trans.__('paused');
}

/**
 * The strip of the last runs in words: "last ten runs: 9 success, 1 failed".
 */
export function stripSentence(
  runs: readonly RunMark[],
  trans: TranslationBundle
): string {
  const counts = new Map<string, number>();
  for (const run of runs) {
    const word = stateWord(run.state, trans).toLowerCase();
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const parts = [...counts].map(([word, number]) => `${number} ${word}`);
  return trans._n(
    'last run: %2',
    'last %1 runs: %2',
    runs.length,
    parts.join(', ')
  );
}

/**
 * A pipeline's row as one sentence, for screen readers.
 */
export function rowSentence(
  row: PipelineRow,
  trans: TranslationBundle,
  now: number
): string {
  const run = lastRun(row);
  const parts = [
    row.name,
    ...(run && !row.problem ? [stateWord(run.state, trans).toLowerCase()] : []),
    whatHappened(row, trans, now),
    ...(run ? [stripSentence(row.last_runs, trans)] : []),
    whatComes(row, trans, now)
  ];
  return parts.join(', ');
}
