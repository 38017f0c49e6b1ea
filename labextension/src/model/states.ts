import type { BlockRunState, RunState } from '../contract';

/** Whether something still happens by itself in a run or block run of this state. */
export function isLive(state: RunState | BlockRunState): boolean {
  return ['queued', 'running', 'pending', 'ready', 'retry_wait'].includes(
    state
  );
}
