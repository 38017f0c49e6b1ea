import type { TranslationBundle } from '@jupyterlab/translation';

import type { Trigger } from '../contract';
import { ago, until } from '../ui';

/**
 * When a trigger fires next, as its row says it.
 */
export function triggerNext(
  trigger: Trigger,
  trans: TranslationBundle,
  now: number
): string {
  if (!trigger.enabled) {
    return trigger.active ? trans.__('not enabled here') : trans.__('paused');
  }
  if (trigger.next_at) {
    return until(trigger.next_at, trans, now);
  }
  return trigger.kind === 'signal'
    ? trans.__('on signal')
    : trigger.kind === 'api'
      ? trans.__('on call')
      : trans.__('over');
}

/**
 * When a trigger fired last, and what came of it.
 */
export function triggerLast(
  trigger: Trigger,
  trans: TranslationBundle,
  now: number
): string {
  if (!trigger.last_at) {
    return trans.__('never fired');
  }
  const when = ago(trigger.last_at, trans, now);
  const state = trigger.last_state;
  return state === 'failed'
    ? trans.__('last failed, %1', when)
    : state === 'running' || state === 'queued'
      ? trans.__('last %1, running', when)
      : trans.__('last %1', when);
}
