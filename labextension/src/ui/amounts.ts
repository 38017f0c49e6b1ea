import type { TranslationBundle } from '@jupyterlab/translation';

import type { ProductRef } from '../contract';

/** A thin space keeps a number and its unit on one line. */
const UNIT = '\u00a0';

const whole = new Intl.NumberFormat('en-US');

/**
 * A count, with its thousands apart: 325,819.
 */
export function count(value: number): string {
  return whole.format(value).replace('-', '−');
}

/**
 * A size in SI units, with one decimal from 1 to 99: 48.2 MB, 512 B, 120 kB.
 */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const decimals = unit > 0 && value < 99.95 ? 1 : 0;
  return `${value.toFixed(decimals)}${UNIT}${units[unit]}`;
}

/**
 * How long something took, in ms: 0.02 s, 4.1 s, 42 s, 1 m 04 s, 2 h 05 m, 3 d 4 h.
 */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 0.995) {
    return `${seconds.toFixed(2)}${UNIT}s`;
  }
  if (seconds < 9.95) {
    return `${seconds.toFixed(1)}${UNIT}s`;
  }
  const total = Math.round(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (total < 60) {
    return `${total}${UNIT}s`;
  }
  const minutes = Math.floor(total / 60);
  if (minutes < 60) {
    return `${minutes}${UNIT}m${UNIT}${two(total % 60)}${UNIT}s`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    return `${hours}${UNIT}h${UNIT}${two(minutes % 60)}${UNIT}m`;
  }
  return `${Math.floor(hours / 24)}${UNIT}d${UNIT}${hours % 24}${UNIT}h`;
}

/**
 * The time between two moments of the wire, in ms; until `now` where the second is missing.
 */
export function between(
  start: string | null,
  end: string | null,
  now: number = Date.now()
): number | null {
  if (start === null) {
    return null;
  }
  return (end === null ? now : Date.parse(end)) - Date.parse(start);
}

/**
 * What a product is, in a few signs: "325,819 × 28", "16 rows", "text, 12 B".
 */
export function shape(
  product: Pick<ProductRef, 'type' | 'rows' | 'columns' | 'bytes'>,
  trans: TranslationBundle
): string {
  const { rows, columns } = product;
  if (rows !== null && columns !== null) {
    return `${count(rows)} × ${count(columns)}`;
  }
  if (rows !== null) {
    return trans._n('%2 row', '%2 rows', rows, count(rows));
  }
  return trans.__('%1, %2', product.type, size(product.bytes));
}

/**
 * Whether a product is what a block displayed, rather than a result that blocks below read.
 */
export function isOutput(product: Pick<ProductRef, 'name'>): boolean {
  return /^_display(_\d+)?$/.test(product.name);
}

/**
 * The name of a product as views say it.
 */
export function productName(
  product: Pick<ProductRef, 'name'>,
  trans: TranslationBundle
): string {
  return isOutput(product) ? trans.__('output') : product.name;
}
