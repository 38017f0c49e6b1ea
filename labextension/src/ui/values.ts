/** Arrow's words for moments. */
const MOMENT = /^timestamp/;

/**
 * Whether a column of a type holds moments.
 */
export function isMoment(type: string): boolean {
  return MOMENT.test(type);
}

/**
 * A value of a table as text for people: a moment without the zone that its column has, nothing
 * for a missing one, all that is no text as JSON.
 */
export function cellText(value: unknown, moment = false): string {
  if (value === null || value === undefined) {
    return '';
  }
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return moment ? text.replace('T', ' ').replace(/\+00:00$/, '') : text;
}
