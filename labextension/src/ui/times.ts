import type { TranslationBundle } from '@jupyterlab/translation';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A space that no line breaks at, between a number and its unit. */
const UNIT = '\u00a0';

/** The zone of this browser. */
export const browserZone = (): string =>
  Intl.DateTimeFormat().resolvedOptions().timeZone;

const clock = (at: Date, seconds = false): string =>
  at.toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds ? { second: '2-digit' } : {})
  });

const sameDay = (a: Date, b: Date): boolean =>
  a.toDateString() === b.toDateString();

/**
 * A past moment beside now: "now", "12 s ago", "2 min ago", "Yesterday 23:10", "5 d ago", then a date.
 */
export function ago(
  at: string,
  trans: TranslationBundle,
  now: number = Date.now()
): string {
  const then = new Date(at);
  const passed = now - then.getTime();
  if (passed < 2 * SECOND) {
    return trans.__('now');
  }
  if (passed < MINUTE) {
    return trans.__('%1 s ago', Math.floor(passed / SECOND));
  }
  if (passed < HOUR) {
    return trans.__('%1 min ago', Math.floor(passed / MINUTE));
  }
  const today = new Date(now);
  if (sameDay(then, today) || passed < 6 * HOUR) {
    return trans.__('%1 h ago', Math.floor(passed / HOUR));
  }
  if (sameDay(then, new Date(now - DAY))) {
    return trans.__('Yesterday %1', clock(then));
  }
  if (passed < 30 * DAY) {
    return trans.__('%1 d ago', Math.max(2, Math.floor(passed / DAY)));
  }
  return then.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric'
  });
}

/**
 * A coming moment beside now: "in 3 min", "in 16 h 45 m", "in 2 d 16 h".
 */
export function until(
  at: string,
  trans: TranslationBundle,
  now: number = Date.now()
): string {
  const left = Date.parse(at) - now;
  if (left < SECOND) {
    return trans.__('now');
  }
  if (left < MINUTE) {
    return trans.__('in %1 s', Math.floor(left / SECOND));
  }
  if (left < HOUR) {
    return trans.__('in %1 min', Math.floor(left / MINUTE));
  }
  if (left < DAY) {
    const minutes = Math.floor((left % HOUR) / MINUTE);
    return trans.__(
      'in %1',
      `${Math.floor(left / HOUR)}${UNIT}h${UNIT}${String(minutes).padStart(2, '0')}${UNIT}m`
    );
  }
  return trans.__(
    'in %1',
    `${Math.floor(left / DAY)}${UNIT}d${UNIT}${Math.floor((left % DAY) / HOUR)}${UNIT}h`
  );
}

/**
 * The hour of a coming moment as a list says it: "02:30", "Mon 06:00", "13 Mar 06:00".
 */
export function shortly(at: string, now: number = Date.now()): string {
  const then = new Date(at);
  const ahead = then.getTime() - now;
  if (sameDay(then, new Date(now)) || (ahead > 0 && ahead < 18 * HOUR)) {
    return clock(then);
  }
  if (ahead > 0 && ahead < 6 * DAY) {
    const day = then.toLocaleDateString('en-GB', { weekday: 'short' });
    return `${day} ${clock(then)}`;
  }
  const date = then.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short'
  });
  return `${date} ${clock(then)}`;
}

/**
 * A moment in full, for hover and screen reader: "Fri 12 Mar 2027, 02:30:00 EST (07:30:00 UTC)".
 */
export function fully(at: string, zone: string = browserZone()): string {
  const then = new Date(at);
  const day = then
    .toLocaleDateString('en-GB', {
      weekday: 'short',
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      timeZone: zone
    })
    .replace(',', '');
  const time = then.toLocaleTimeString('en-GB', { timeZone: zone });
  const name = zoneName(then, zone);
  if (name === 'UTC') {
    return `${day}, ${time} UTC`;
  }
  const utc = then.toLocaleTimeString('en-GB', { timeZone: 'UTC' });
  return `${day}, ${time} ${name} (${utc} UTC)`;
}

/** The short name of a zone at a moment, such as EST; other locales than this say GMT-5. */
function zoneName(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    timeZoneName: 'short'
  }).formatToParts(at);
  return parts.find(part => part.type === 'timeZoneName')?.value ?? zone;
}

/**
 * The time of day with seconds, as banners and logs say it: "09:45:03".
 */
export function timeOfDay(at: string | number): string {
  return clock(new Date(at), true);
}

/**
 * How often a relative time of this age has to be said anew, in ms.
 */
export function cadence(ages: readonly number[]): number {
  return ages.some(age => Math.abs(age) < MINUTE) ? SECOND : MINUTE;
}
