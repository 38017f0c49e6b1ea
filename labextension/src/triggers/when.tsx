import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import {
  type Every,
  fromCron,
  type IBuilt,
  timeText,
  toCron
} from './schedule';

/** The names of the days, Sunday first. */
function days(): string[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    timeZone: 'UTC'
  });
  return Array.from({ length: 7 }, (_, day) =>
    format.format(new Date(Date.UTC(2024, 0, 7 + day)))
  );
}

/**
 * A schedule as one sentence; null where only the expression says it.
 */
export function scheduleSentence(
  built: IBuilt | null,
  trans: TranslationBundle
): string | null {
  if (!built) {
    return null;
  }
  const at = timeText(built.hour, built.minute);
  switch (built.every) {
    case 'hour':
      return trans.__('At minute %1, every hour.', built.minute);
    case 'day':
      return trans.__('At %1, every day.', at);
    case 'weekday':
      return trans.__('At %1, Monday to Friday.', at);
    case 'week':
      return trans.__('At %1, every %2.', at, days()[built.day]);
    case 'month':
      return trans.__('At %1, on day %2 of every month.', at, built.date);
  }
}

/**
 * The builder of a schedule; it and the cron text write each other.
 */
export function Builder(props: {
  /** The cron expression. */
  cron: string;
  /** Words. */
  trans: TranslationBundle;
  /** Called with the expression that the builder says. */
  onChange: (cron: string) => void;
}): JSX.Element {
  const { cron, trans, onChange } = props;
  const built = fromCron(cron);
  const words: readonly (readonly [Every, string])[] = [
    ['hour', trans.__('hour')],
    ['day', trans.__('day')],
    ['weekday', trans.__('weekday')],
    ['week', trans.__('week')],
    ['month', trans.__('month')]
  ];
  const set = (fields: Partial<IBuilt>): void =>
    onChange(
      toCron({
        ...(built ?? { every: 'day', minute: 30, hour: 2, day: 1, date: 1 }),
        ...fields
      })
    );
  return (
    <>
      <span>{trans.__('Every')}</span>
      <select
        className="mage-Select"
        aria-label={trans.__('How often')}
        value={built?.every ?? ''}
        onChange={event => set({ every: event.target.value as Every })}
      >
        {built ? null : (
          <option value="">{trans.__('as the cron says')}</option>
        )}
        {words.map(([every, word]) => (
          <option key={every} value={every}>
            {word}
          </option>
        ))}
      </select>
      {built?.every === 'week' ? (
        <select
          className="mage-Select"
          aria-label={trans.__('Day of the week')}
          value={built.day}
          onChange={event => set({ day: Number(event.target.value) })}
        >
          {days().map((name, day) => (
            <option key={name} value={day}>
              {name}
            </option>
          ))}
        </select>
      ) : null}
      {built?.every === 'month' ? (
        <input
          className="mage-Input mage-mod-small"
          type="number"
          min={1}
          max={31}
          aria-label={trans.__('Day of the month')}
          value={built.date}
          onChange={event =>
            set({
              date: Math.min(31, Math.max(1, Number(event.target.value)))
            })
          }
        />
      ) : null}
      {built?.every === 'hour' ? (
        <>
          <span>{trans.__('at minute')}</span>
          <input
            className="mage-Input mage-mod-small"
            type="number"
            min={0}
            max={59}
            aria-label={trans.__('Minute')}
            value={built.minute}
            onChange={event =>
              set({
                minute: Math.min(59, Math.max(0, Number(event.target.value)))
              })
            }
          />
        </>
      ) : built ? (
        <>
          <span>{trans.__('at')}</span>
          <input
            className="mage-Input"
            type="time"
            aria-label={trans.__('Time of day')}
            value={timeText(built.hour, built.minute)}
            onChange={event => {
              const [hour, minute] = event.target.value.split(':').map(Number);
              if (Number.isInteger(hour) && Number.isInteger(minute)) {
                set({ hour, minute });
              }
            }}
          />
        </>
      ) : null}
    </>
  );
}
