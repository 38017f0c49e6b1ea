import * as React from 'react';

import type { ProductsClient } from '../client';
import type { Column, FilterOp } from '../contract';
import { Banner, Button, count, type IContext } from '../ui';
import {
  direction,
  filterValue,
  filterWord,
  needsValue,
  operators,
  operatorWord,
  sorted,
  valueWord
} from './query';

/** What the bar above the rows shows and tells. */
export interface IRowsBarProps {
  /** The columns of the frame. */
  columns: readonly Column[];
  /** The order and the filters that hold. */
  order: ProductsClient.IOrder;
  /** How many rows the filters let through. */
  total: number;
  /** How many rows there are. */
  all: number;
  /** Why the rows that were asked for cannot be shown; null when they are. */
  problem: string | null;
  /** Words. */
  context: IContext;
  /** Called with the order and the filters that shall hold. */
  onOrder: (order: ProductsClient.IOrder) => void;
}

/** A form that adds a filter of a column, or sorts by it. */
function Ask(props: IRowsBarProps): JSX.Element | null {
  const { columns, order, context, onOrder } = props;
  const { trans } = context;
  const [name, setName] = React.useState(columns[0]?.name);
  const [chosen, setChosen] = React.useState<FilterOp | null>(null);
  const [text, setText] = React.useState('');
  const [wrong, setWrong] = React.useState(false);
  const column = columns.find(one => one.name === name);
  if (!column) {
    return null;
  }
  const ops = operators(column.type);
  const op = chosen && ops.includes(chosen) ? chosen : ops[0];
  const add = (event: React.FormEvent): void => {
    event.preventDefault();
    const value = needsValue(op) ? filterValue(text, column) : null;
    setWrong(value === undefined);
    if (value !== undefined) {
      const filter = [...(order.filter ?? []), { column: name, op, value }];
      onOrder({ ...order, filter });
      setText('');
    }
  };
  return (
    <form className="mage-RowsBar-ask" onSubmit={add}>
      <select
        className="mage-Select"
        aria-label={trans.__('Column')}
        value={name}
        onChange={event => setName(event.target.value)}
      >
        {columns.map(one => (
          <option key={one.name}>{one.name}</option>
        ))}
      </select>
      <select
        className="mage-Select"
        aria-label={trans.__('Comparison')}
        value={op}
        onChange={event => setChosen(event.target.value as FilterOp)}
      >
        {ops.map(one => (
          <option key={one} value={one}>
            {operatorWord(one, trans)}
          </option>
        ))}
      </select>
      {needsValue(op) ? (
        <input
          className="mage-Input"
          aria-label={trans.__('Value')}
          aria-invalid={wrong}
          placeholder={valueWord(column.type, trans)}
          value={text}
          onChange={event => setText(event.target.value)}
        />
      ) : null}
      <Button type="submit">{trans.__('Filter')}</Button>
      <Button onClick={() => onOrder(sorted(order, name))}>
        {trans.__('Sort')}
      </Button>
      {wrong ? (
        <span className="mage-RowsBar-wrong" role="alert">
          {trans.__('%1 needs %2.', name, valueWord(column.type, trans))}
        </span>
      ) : null}
    </form>
  );
}

/**
 * The bar above the rows of a frame: filters, the order, and how many rows are shown.
 */
export function RowsBar(props: IRowsBarProps): JSX.Element {
  const { columns, order, total, all, problem, context, onOrder } = props;
  const { trans } = context;
  const filters = order.filter ?? [];
  const by = columns.find(({ name }) => direction(order, name) !== 'none');
  const words = !by
    ? trans.__('In stored order')
    : direction(order, by.name) === 'ascending'
      ? trans.__('By %1, lowest first', by.name)
      : trans.__('By %1, highest first', by.name);
  return (
    <>
      <div className="mage-RowsBar" data-mage-region>
        <Ask {...props} />
        {filters.map((filter, index) => {
          const said = filterWord(filter, trans);
          return (
            <button
              key={index}
              type="button"
              className="mage-Chip"
              aria-label={trans.__('Remove the filter %1', said)}
              title={trans.__('Remove the filter %1', said)}
              onClick={() =>
                onOrder({
                  ...order,
                  filter: filters.filter(one => one !== filter)
                })
              }
            >
              {said} ×
            </button>
          );
        })}
        <span className="mage-mod-grey">{words}</span>
        <span className="mage-Live-space" />
        <span className="mage-mod-grey" role="status">
          {filters.length > 0
            ? trans.__('%1 of %2 rows', count(total), count(all))
            : trans._n('%2 row', '%2 rows', all, count(all))}
        </span>
      </div>
      {problem !== null ? (
        <Banner tone="bad" title={trans.__('These rows cannot be shown.')}>
          {problem}
        </Banner>
      ) : null}
    </>
  );
}
