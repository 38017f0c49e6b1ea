import type { Product, RowsPage } from '../../../labextension/src/contract';
import { PAGE, PagedRows } from '../../../labextension/src/products/pages';
import { bundle } from '../../../labextension/src/products/value';
import { columnType } from '../../../labextension/src/products/words';
import { cellText } from '../../../labextension/src/ui';

const product: Product = {
  id: 'x',
  block: 'clean',
  run: 'r1',
  run_number: 1,
  pipeline: 'sales',
  name: 'clean',
  type: 'json',
  type_name: 'dict',
  schema: null,
  rows: null,
  bytes: 10,
  created_at: '2027-03-12T09:00:00Z',
  code: '',
  preview: null,
  value: null,
  mime: null,
  current: true,
  uri: ''
};

const columns = [
  { name: 'carrier', type: 'large_string' },
  { name: 'delay', type: 'double' }
];

describe('rows by page', () => {
  const asked: number[] = [];
  const read = (offset: number, limit: number): Promise<RowsPage> => {
    asked.push(offset);
    const rows = Array.from({ length: limit }, (_, n) => ['UA', offset + n]);
    return Promise.resolve({ columns, offset, total: 1000, rows });
  };

  it('reads a page when one of its rows comes in sight, and once', async () => {
    const model = new PagedRows(columns, 1000, read);
    const changes: unknown[] = [];
    model.changed.connect((_, change) => changes.push(change), changes);
    expect(model.data('body', 450, 1)).toBeUndefined();
    expect(model.data('body', 451, 1)).toBeUndefined();
    await Promise.resolve();
    await Promise.resolve();
    expect(asked).toEqual([2 * PAGE]);
    expect(model.data('body', 450, 1)).toBe(450);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({ row: 400, rowSpan: PAGE });
  });

  it('has the name and the type as heads, and counts rows from 1', () => {
    const model = new PagedRows(columns, 1000, read);
    expect(model.rowCount('body')).toBe(1000);
    expect(model.data('column-header', 0, 1)).toBe('delay');
    expect(model.data('column-header', 1, 1)).toBe('double');
    expect(model.data('row-header', 0, 0)).toBe(1);
  });

  it('puts numbers at the right', () => {
    const model = new PagedRows(columns, 1000, read);
    expect(model.metadata('body', 0, 0)).toMatchObject({ number: false });
    expect(model.metadata('body', 0, 1)).toMatchObject({ number: true });
    expect(model.metadata('row-header', 0, 0)).toMatchObject({ number: true });
  });

  it('says moments and types as people do', () => {
    const type = 'timestamp[ms, tz=UTC]';
    const model = new PagedRows([{ name: 'hour', type }], 1, read);
    expect(model.metadata('body', 0, 0)).toMatchObject({ moment: true });
    expect(cellText('2013-01-01T10:00:00+00:00', true)).toBe(
      '2013-01-01 10:00:00'
    );
    expect(cellText('2013-01-01T10:00:00-05:00', true)).toBe(
      '2013-01-01 10:00:00-05:00'
    );
    expect(cellText('A+00:00', false)).toBe('A+00:00');
    expect(columnType('large_list<item: large_string>')).toBe(
      'list<item: string>'
    );
  });

  it('reads two pages at once, then the last ones that came in sight', async () => {
    const order: number[] = [];
    const waiting: (() => void)[] = [];
    const model = new PagedRows(columns, 10_000_000, async offset => {
      order.push(offset / PAGE);
      await new Promise<void>(resolve => waiting.push(resolve));
      return { columns, offset, total: 10_000_000, rows: [] };
    });
    for (let page = 0; page < 100; page += 1) {
      model.data('body', page * PAGE, 0);
    }
    expect(order).toEqual([0, 1]);
    while (waiting.length > 0) {
      waiting.shift()?.();
      await new Promise(resolve => setTimeout(resolve, 0));
    }
    expect(order).toEqual([0, 1, 99, 98, 97, 96]);
  });

  it('asks again for a page that could not be read', async () => {
    let tries = 0;
    const model = new PagedRows(columns, 10, () => {
      tries += 1;
      return Promise.reject(new Error('no'));
    });
    model.data('body', 0, 0);
    await new Promise(resolve => setTimeout(resolve, 0));
    model.data('body', 0, 0);
    expect(tries).toBe(2);
  });
});

describe('rows in another order', () => {
  const page = (total: number, value: unknown): RowsPage => ({
    columns,
    offset: 0,
    total,
    rows: [['UA', value]]
  });

  it('shows the first page at once, with its total and the arrow of the order', async () => {
    const orders: unknown[] = [];
    const model = new PagedRows(columns, 1000, (_offset, _limit, order) => {
      orders.push(order);
      return Promise.resolve(page(3, 'first'));
    });
    const filter = [{ column: 'delay', op: 'gt' as const, value: 60 }];
    expect(await model.ask({ sort: '-delay', filter })).toBeNull();
    expect(orders).toEqual([{ sort: '-delay', filter }]);
    expect(model.rowCount('body')).toBe(3);
    expect(model.data('body', 0, 1)).toBe('first');
    expect(model.data('column-header', 0, 1)).toBe('delay ↓');
    expect(model.data('column-header', 0, 0)).toBe('carrier');
  });

  it('keeps the former rows where the others cannot be read', async () => {
    const model = new PagedRows(columns, 1000, () =>
      Promise.reject(new Error('no'))
    );
    expect(await model.ask({ sort: 'delay' })).toContain('no');
    expect(model.total).toBe(1000);
    expect(model.order).toEqual({});
  });

  it('shows the last order that was asked for, whichever answer comes first', async () => {
    const waiting: ((answer: RowsPage) => void)[] = [];
    const model = new PagedRows(
      columns,
      1000,
      () => new Promise<RowsPage>(resolve => waiting.push(resolve))
    );
    const slow = model.ask({ sort: 'delay' });
    const quick = model.ask({ sort: '-delay' });
    waiting[1](page(7, 'new'));
    await quick;
    waiting[0](page(9, 'old'));
    await slow;
    expect(model.total).toBe(7);
    expect(model.data('body', 0, 1)).toBe('new');
  });

  it('drops a page of the former order that comes late', async () => {
    const waiting: ((answer: RowsPage) => void)[] = [];
    const model = new PagedRows(
      columns,
      1000,
      () => new Promise<RowsPage>(resolve => waiting.push(resolve))
    );
    model.data('body', 0, 0);
    const asked = model.ask({ sort: 'delay' });
    waiting[1](page(1000, 'new'));
    await asked;
    waiting[0](page(1000, 'old'));
    await Promise.resolve();
    await Promise.resolve();
    expect(model.data('body', 0, 1)).toBe('new');
  });
});

describe('values', () => {
  it('draws a Vega-Lite dict as a chart', () => {
    const value = {
      $schema: 'https://vega.github.io/schema/vega-lite/v5.json'
    };
    expect(Object.keys(bundle({ ...product, value }) ?? {})).toEqual([
      'application/vnd.vegalite.v5+json'
    ]);
  });

  it('shows JSON, texts and MIME bundles, and nothing for the rest', () => {
    expect(bundle({ ...product, value: { a: 1 } })).toEqual({
      'application/json': { a: 1 }
    });
    expect(bundle({ ...product, type: 'text', value: 'hello' })).toEqual({
      'text/plain': 'hello'
    });
    const mime = { 'image/png': 'AAAA' };
    expect(bundle({ ...product, type: 'figure', mime })).toBe(mime);
    expect(bundle({ ...product, type: 'model' })).toBeNull();
  });
});
