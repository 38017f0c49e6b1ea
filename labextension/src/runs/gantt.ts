import type { Attempt, BlockRun, BlockRunState, Run } from '../contract';

/** A stretch of time on the axis, in shares of its length. */
export interface ISpan {
  /** Where it starts, from 0 to 1. */
  readonly from: number;
  /** How long it is, from 0 to 1. */
  readonly length: number;
}

/** When a block waited and ran, on the axis of its run. */
export interface ILane {
  /** The wait for a slot, after all it waits for was there. */
  readonly wait: ISpan | null;
  /** From its start to its end, or to now. */
  readonly bar: ISpan | null;
}

/** One attempt on the axis of its run, and the wait before it. */
export interface ITry {
  /** Which one it is, from 1. */
  readonly number: number;
  /** How it ended, as the state of its block. */
  readonly state: BlockRunState;
  /** From its start to its end, or to now. */
  readonly bar: ISpan;
  /** The wait after the attempt before. */
  readonly pause: ISpan | null;
  /** How long that wait was, in ms. */
  readonly paused: number;
}

/** The axis of a run: where it starts and how long it is, in ms. */
export interface IAxis {
  /** The moment at 0. */
  readonly start: number;
  /** The length. */
  readonly length: number;
}

/** The steps that an axis may have, in seconds. */
const STEPS = [
  0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900,
  1800, 3600, 7200, 14400, 43200, 86400
];

/** How many labels fit on an axis. */
const LABELS = 5;

/**
 * The axis of a run, up to its end or to now.
 */
export function axis(run: Run, now: number): IAxis {
  const start = Date.parse(run.started_at ?? run.created_at);
  const live = run.state === 'queued' || run.state === 'running';
  const ends = run.block_runs.map(one => Date.parse(one.ended_at ?? '') || 0);
  const last = Math.max(Date.parse(run.ended_at ?? '') || 0, ...ends);
  const end = live ? now : last;
  return { start, length: Math.max(10, end - start) };
}

/**
 * Where the labels of an axis stand, in ms from its start.
 */
export function ticks(length: number): number[] {
  const seconds = length / 1000;
  const step =
    STEPS.find(one => seconds / one <= LABELS) ??
    Math.ceil(seconds / LABELS / 86400) * 86400;
  const marks: number[] = [];
  for (let at = 0; at * step <= seconds; at += 1) {
    marks.push(at * step * 1000);
  }
  return marks;
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));

function span(from: number, to: number, scale: IAxis): ISpan {
  const start = clamp((from - scale.start) / scale.length);
  const end = clamp((to - scale.start) / scale.length);
  return { from: start, length: Math.max(0, end - start) };
}

/**
 * Where the wait and the bar of a block run stand on the axis of its run.
 */
export function lane(run: BlockRun, scale: IAxis, now: number): ILane {
  if (!run.started_at) {
    return { wait: null, bar: null };
  }
  const started = Date.parse(run.started_at);
  const ended = run.ended_at ? Date.parse(run.ended_at) : now;
  const ready = run.ready_at ? Date.parse(run.ready_at) : started;
  return {
    wait: ready < started ? span(ready, started, scale) : null,
    bar: span(started, ended, scale)
  };
}

/** The state of a block right after an attempt of it. */
export function attemptState(attempt: Attempt): BlockRunState {
  switch (attempt.outcome) {
    case null:
      return 'running';
    case 'success':
    case 'cancelled':
      return attempt.outcome;
    default:
      return 'failed';
  }
}

/**
 * Where the attempts of a block stand on the axis of its run, and the waits between them.
 */
export function tries(
  attempts: readonly Attempt[],
  scale: IAxis,
  now: number
): ITry[] {
  return attempts.map((attempt, index) => {
    const started = Date.parse(attempt.started_at);
    const ended = attempt.ended_at ? Date.parse(attempt.ended_at) : now;
    const before = attempts[index - 1]?.ended_at ?? null;
    const paused = before === null ? 0 : started - Date.parse(before);
    return {
      number: attempt.number,
      state: attemptState(attempt),
      bar: span(started, ended, scale),
      pause: paused > 0 ? span(started - paused, started, scale) : null,
      paused
    };
  });
}
