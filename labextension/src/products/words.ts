/**
 * The type of a column as people say it: how long its texts may be in all is Arrow's own matter.
 */
export function columnType(type: string): string {
  return type.replace(/\blarge_/g, '');
}

/**
 * A value for people: a moment without the zone that its column has, all else as it is.
 */
export function shownValue(value: unknown, moment: boolean): unknown {
  return moment && typeof value === 'string'
    ? value.replace('T', ' ').replace(/\+00:00$/, '')
    : value;
}
