import type { TranslationBundle } from '@jupyterlab/translation';

import type { ColumnProfile } from '../contract';
import { cellText, count, isMoment } from '../ui';

/**
 * The type of a column as people say it: how long its texts may be in all is Arrow's own matter.
 */
export function columnType(type: string): string {
  return type.replace(/\blarge_/g, '');
}

/** A number with few digits: four that count, or all of an integer. */
function short(value: number): string {
  return Number.isInteger(value)
    ? count(value)
    : String(Number(value.toPrecision(4))).replace('-', '−');
}

/**
 * A value of a profile, short enough for a table.
 */
export function profileValue(value: unknown, type: string): string {
  return typeof value === 'number'
    ? short(value)
    : cellText(value, isMoment(type));
}

/**
 * How many values differ, and whether that is a guess.
 */
export function distinctWord(
  profile: ColumnProfile,
  trans: TranslationBundle
): string {
  const { distinct, distinct_exact } = profile;
  if (distinct === null) {
    return '';
  }
  return distinct_exact
    ? count(distinct)
    : trans.__('about %1', count(distinct));
}

/**
 * How many of a column's values are missing, as a share of the rows.
 */
export function nullsWord(
  profile: ColumnProfile,
  rows: number,
  trans: TranslationBundle
): string {
  return profile.nulls === 0 || rows === 0
    ? trans.__('no nulls')
    : trans.__('%1 null', share(profile.nulls, rows));
}

/**
 * A share of a whole: 98.7 %; never 0 where there is something, and never 100 where one misses.
 */
export function share(some: number, all: number): string {
  const percent = (100 * some) / all;
  const text =
    percent < 0.01
      ? '< 0.01'
      : percent < 1
        ? percent.toFixed(2)
        : percent > 99.9 && some < all
          ? '> 99.9'
          : percent.toFixed(1).replace(/\.0$/, '');
  return `${text}\u00a0%`;
}
