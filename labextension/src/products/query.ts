import type { TranslationBundle } from '@jupyterlab/translation';

import type { ProductsClient } from '../client';
import type { Column, FilterOp, RowFilter } from '../contract';

type IOrder = ProductsClient.IOrder;

/** Arrow's words for numbers, which stand at the right of their column. */
const NUMBER = /^(u?int|float|double|half|decimal)/;

/** The signs of the comparisons. */
const SIGNS: Readonly<Partial<Record<FilterOp, string>>> = {
  eq: '=',
  ne: '≠',
  lt: '<',
  le: '≤',
  gt: '>',
  ge: '≥'
};

/**
 * Whether a column of a type holds numbers.
 */
export function isNumber(type: string): boolean {
  return NUMBER.test(type);
}

/**
 * Whether a comparison needs a value beside it.
 */
export function needsValue(op: FilterOp): boolean {
  return op !== 'null' && op !== 'not_null';
}

/**
 * The comparisons that make sense for a column, the likeliest first.
 */
export function operators(type: string): readonly FilterOp[] {
  return /string|binary/.test(type)
    ? ['contains', 'eq', 'ne', 'null', 'not_null']
    : type === 'bool'
      ? ['eq', 'null', 'not_null']
      : ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'null', 'not_null'];
}

/**
 * A comparison in words or by its sign.
 */
export function operatorWord(op: FilterOp, trans: TranslationBundle): string {
  switch (op) {
    case 'contains':
      return trans.__('contains');
    case 'null':
      return trans.__('is null');
    case 'not_null':
      return trans.__('is not null');
    default:
      return SIGNS[op] ?? op;
  }
}

/**
 * A filter as its chip says it: "dep_delay > 60".
 */
export function filterWord(
  filter: RowFilter,
  trans: TranslationBundle
): string {
  const words = [filter.column, operatorWord(filter.op, trans)];
  if (needsValue(filter.op)) {
    words.push(String(filter.value));
  }
  return words.join(' ');
}

/**
 * The value that a text stands for in a column; undefined where it stands for none.
 */
export function filterValue(text: string, column: Column): unknown {
  const said = text.trim();
  if (isNumber(column.type)) {
    const value = Number(said);
    // Large integers and decimals keep all of their digits as a text.
    return said === '' || !Number.isFinite(value)
      ? undefined
      : /^-?\d{16,}$/.test(said)
        ? said
        : value;
  }
  if (column.type === 'bool') {
    return { true: true, false: false }[said.toLowerCase()];
  }
  return said === '' ? undefined : text;
}

/**
 * What a value of a column has to be, as people say it.
 */
export function valueWord(type: string, trans: TranslationBundle): string {
  return isNumber(type)
    ? trans.__('a number')
    : type === 'bool'
      ? trans.__('true or false')
      : /^(timestamp|date)/.test(type)
        ? trans.__('a date, such as 2027-03-12')
        : trans.__('a text');
}

/** The direction in which a column sorts. */
export type Direction = 'ascending' | 'descending' | 'none';

/**
 * How rows are sorted by a column.
 */
export function direction(order: IOrder, column: string): Direction {
  return order.sort === column
    ? 'ascending'
    : order.sort === `-${column}`
      ? 'descending'
      : 'none';
}

/**
 * The order after one more click on a column's head: smallest first, largest first, as stored.
 */
export function sorted(order: IOrder, column: string): IOrder {
  const next = {
    none: column,
    ascending: `-${column}`,
    descending: undefined
  }[direction(order, column)];
  return { ...order, sort: next };
}
