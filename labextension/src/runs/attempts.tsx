import * as React from 'react';

import type { Attempt, Run } from '../contract';
import {
  between,
  duration,
  type IContext,
  size,
  StateMark,
  stateWord
} from '../ui';
import { attemptState } from './gantt';

/**
 * Each attempt of a block: how it ended, when, how long it took, and why it failed.
 */
export function AttemptsTab(props: {
  /** The run. */
  run: Run;
  /** The attempts of the chosen block, oldest first. */
  attempts: readonly Attempt[];
  /** The time. */
  now: number;
  /** Words. */
  context: IContext;
}): JSX.Element {
  const { run, attempts, now, context } = props;
  const { trans } = context;
  const start = run.started_at ?? run.created_at;
  return (
    <table className="mage-Attempts">
      <thead>
        <tr>
          <th scope="col" className="mage-mod-number">
            {trans.__('No.')}
          </th>
          <th scope="col">{trans.__('State')}</th>
          <th scope="col" className="mage-mod-number">
            {trans.__('Began after')}
          </th>
          <th scope="col" className="mage-mod-number">
            {trans.__('Took')}
          </th>
          <th scope="col" className="mage-mod-number">
            {trans.__('Memory')}
          </th>
          <th scope="col">{trans.__('Why')}</th>
        </tr>
      </thead>
      <tbody>
        {attempts.map(attempt => {
          const state = attemptState(attempt);
          const { error } = attempt;
          const why = error
            ? trans.__('%1: %2', error.type, error.message.split('\n', 1)[0])
            : '';
          return (
            <tr key={attempt.number}>
              <td className="mage-mod-number">{attempt.number}</td>
              <td>
                <span className="mage-Attempts-state">
                  <StateMark state={state} />
                  {attempt.outcome === 'crashed'
                    ? trans.__('Crashed')
                    : attempt.outcome === 'timeout'
                      ? trans.__('Timed out')
                      : stateWord(state, trans)}
                </span>
              </td>
              <td className="mage-mod-number">
                {duration(between(start, attempt.started_at) ?? 0)}
              </td>
              <td className="mage-mod-number">
                {duration(
                  between(attempt.started_at, attempt.ended_at, now) ?? 0
                )}
              </td>
              <td className="mage-mod-number mage-mod-grey">
                {attempt.peak_memory ? size(attempt.peak_memory) : ''}
              </td>
              <td className="mage-Attempts-why mage-mod-ellipsis" title={why}>
                {why}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
