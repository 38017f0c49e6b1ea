/** How often a schedule of the builder runs. */
export type Every = 'hour' | 'day' | 'weekday' | 'week' | 'month';

/** A schedule as the builder says it. */
export interface IBuilt {
  /** How often. */
  readonly every: Every;
  /** The minute, 0 to 59. */
  readonly minute: number;
  /** The hour, 0 to 23; of no meaning for every hour. */
  readonly hour: number;
  /** The day of the week, 0 is Sunday; for every week. */
  readonly day: number;
  /** The day of the month, 1 to 31; for every month. */
  readonly date: number;
}

/** What the builder begins with: every day at 02:30. */
export const NIGHTLY: IBuilt = {
  every: 'day',
  minute: 30,
  hour: 2,
  day: 1,
  date: 1
};

/**
 * The cron expression of a schedule of the builder.
 */
export function toCron(built: IBuilt): string {
  const { every, minute, hour, day, date } = built;
  switch (every) {
    case 'hour':
      return `${minute} * * * *`;
    case 'day':
      return `${minute} ${hour} * * *`;
    case 'weekday':
      return `${minute} ${hour} * * 1-5`;
    case 'week':
      return `${minute} ${hour} * * ${day}`;
    case 'month':
      return `${minute} ${hour} ${date} * *`;
  }
}

const within = (text: string, low: number, high: number): number | null =>
  /^\d{1,2}$/.test(text) && Number(text) >= low && Number(text) <= high
    ? Number(text)
    : null;

/**
 * A cron expression as the builder says it; null where it cannot.
 */
export function fromCron(text: string): IBuilt | null {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5 || fields[3] !== '*') {
    return null;
  }
  const [minuteText, hourText, dateText, , dayText] = fields;
  const minute = within(minuteText, 0, 59);
  if (minute === null) {
    return null;
  }
  const rest = { ...NIGHTLY, minute };
  const any = dateText === '*' && dayText === '*';
  if (hourText === '*') {
    return any ? { ...rest, every: 'hour' } : null;
  }
  const hour = within(hourText, 0, 23);
  if (hour === null) {
    return null;
  }
  if (any) {
    return { ...rest, hour, every: 'day' };
  }
  const date = within(dateText, 1, 31);
  if (date !== null && dayText === '*') {
    return { ...rest, hour, date, every: 'month' };
  }
  if (dateText !== '*') {
    return null;
  }
  if (dayText === '1-5') {
    return { ...rest, hour, every: 'weekday' };
  }
  const day = within(dayText, 0, 7);
  return day === null ? null : { ...rest, hour, day: day % 7, every: 'week' };
}

/**
 * An hour and a minute as a time field has them: "02:30".
 */
export function timeText(hour: number, minute: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(hour)}:${two(minute)}`;
}
