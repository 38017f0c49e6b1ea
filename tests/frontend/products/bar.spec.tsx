import * as React from 'react';

import { RowsBar } from '../../../labextension/src/products/bar';
import { Context } from '../context';
import { click, draw, settle, type, words } from '../draw';

const columns = [
  { name: 'delay', type: 'double' },
  { name: 'carrier', type: 'large_string' }
];
type IOrder = React.ComponentProps<typeof RowsBar>['order'];

describe('the bar above the rows', () => {
  let context: Context;
  let asked: IOrder[];

  const show = (
    order: IOrder,
    problem: string | null = null
  ): Promise<HTMLElement> =>
    draw(
      <RowsBar
        columns={columns}
        order={order}
        total={1204}
        all={10_000_000}
        problem={problem}
        context={context}
        onOrder={next => asked.push(next)}
      />
    );
  const submit = (node: HTMLElement): Promise<void> =>
    settle(() => node.querySelector('form')?.requestSubmit());

  beforeEach(() => {
    context = new Context();
    asked = [];
  });

  afterEach(() => {
    context.dispose();
    document.body.replaceChildren();
  });

  it('adds a filter of a column to those that hold', async () => {
    const first = { column: 'carrier', op: 'contains' as const, value: 'U' };
    const node = await show({ sort: 'delay', filter: [first] });
    await type(node, 'Value', '60');
    await submit(node);
    const second = { column: 'delay', op: 'eq', value: 60 };
    expect(asked).toEqual([{ sort: 'delay', filter: [first, second] }]);
  });

  it('says what a value has to be, and asks for nothing', async () => {
    const node = await show({});
    await type(node, 'Value', 'many');
    await submit(node);
    expect(asked).toEqual([]);
    expect(words(node.querySelector('[role=alert]'))).toBe(
      'delay needs a number.'
    );
  });

  it('shows filters as chips with the count, and a chip takes its filter away', async () => {
    const filter = [
      { column: 'delay', op: 'gt' as const, value: 60 },
      { column: 'carrier', op: 'not_null' as const, value: null }
    ];
    const node = await show({ filter });
    expect(words(node.querySelector('[role=status]'))).toBe(
      '1,204 of 10,000,000 rows'
    );
    await click(node, 'Remove the filter delay > 60');
    expect(asked).toEqual([{ filter: [filter[1]] }]);
  });

  it('sorts without the mouse, and says the order', async () => {
    const node = await show({ sort: 'delay' });
    expect(words(node)).toContain('By delay, lowest first');
    expect(words(node.querySelector('[role=status]'))).toBe('10,000,000 rows');
    await click(node, 'Sort');
    expect(asked).toEqual([{ sort: '-delay' }]);
  });

  it('says why rows cannot be shown', async () => {
    const node = await show({}, 'soon is no date.');
    expect(words(node)).toContain(
      'These rows cannot be shown. soon is no date.'
    );
  });
});
