import * as React from 'react';

import type { FireTime } from '../contract';
import { clockIcon, fully, type IContext, until, useNow } from '../ui';

/** The day of a local time: "Sat 13 Mar". */
function day(local: string): string {
  // The text is already in the trigger's zone: it is read as UTC so that nothing moves it.
  return new Date(`${local.slice(0, 10)}T00:00:00Z`)
    .toLocaleDateString('en-GB', {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      timeZone: 'UTC'
    })
    .replace(',', '');
}

/** The time of day of a local time; with seconds where it has some. */
function hour(local: string): string {
  const text = local.slice(11, 19);
  return text.endsWith(':00') ? text.slice(0, 5) : text;
}

/**
 * The next times of a schedule: local in bold, UTC, how far away; what the clock does to them.
 */
export function Times(props: {
  /** The times. */
  times: readonly FireTime[];
  /** The zone that they are in. */
  zone: string;
  /** Whether they are of a schedule that is no longer in the form. */
  old: boolean;
  /** Words. */
  context: IContext;
}): JSX.Element {
  const { times, zone, old, context } = props;
  const { trans } = context;
  const soon = times.some(time => Date.parse(time.at) - Date.now() < 120000);
  const now = useNow(soon);
  return (
    <section
      className="mage-Times"
      data-old={old}
      data-mage-region
      aria-label={trans.__('Next ten times')}
    >
      <div className="mage-Times-head">
        <h2>
          {times.length === 1
            ? trans.__('The time')
            : trans.__('Next ten times')}
        </h2>
        <span className="mage-mod-grey">{trans.__('in %1', zone)}</span>
      </div>
      {times.length === 0 ? (
        <p className="mage-Log-empty">{trans.__('No time lies ahead.')}</p>
      ) : (
        <ol>
          {times.map((time, index) => (
            <li key={time.at} data-note={time.note !== null}>
              <span className="mage-Times-line" title={fully(time.at, zone)}>
                <span className="mage-Times-number">{index + 1}</span>
                <span className="mage-Times-day">{day(time.local)}</span>
                <strong className="mage-Times-hour">
                  {hour(time.local)} {time.zone}
                </strong>
                <span className="mage-Times-utc">
                  {trans.__('%1 UTC', hour(new Date(time.at).toISOString()))}
                </span>
                <span className="mage-Times-until">
                  {until(time.at, trans, now)}
                </span>
              </span>
              {time.note ? (
                <span className="mage-Times-note">
                  <clockIcon.react tag="span" /> {time.note}
                </span>
              ) : null}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
