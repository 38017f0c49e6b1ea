import * as React from 'react';

import type {
  ColumnProfile,
  Product
} from '../../../labextension/src/contract';
import { Columns } from '../../../labextension/src/products/columns';
import { ProductState } from '../../../labextension/src/products/model';
import { formats, ProductPage } from '../../../labextension/src/products/page';
import { CommandIDs } from '../../../labextension/src/tokens';
import { Context } from '../context';
import { click, draw, drawn, settle, words } from '../draw';
import { blockRun, run } from '../samples';
import { Refusal } from '../wire';

const frame: Product = {
  id: 'x1',
  block: 'clean',
  run: 'r1',
  run_number: 417,
  pipeline: 'sales',
  name: 'clean',
  type: 'frame',
  type_name: 'DataFrame',
  schema: [
    { name: 'carrier', type: 'large_string' },
    { name: 'delay', type: 'double' }
  ],
  rows: 0,
  bytes: 61_400_000,
  created_at: '2027-03-12T09:00:00Z',
  code: '',
  preview: [],
  value: null,
  mime: null,
  current: true,
  uri: 'x'
};
const text: Product = {
  ...frame,
  id: 'x2',
  block: 'export',
  name: 'export',
  type: 'text',
  schema: null,
  rows: null,
  preview: null,
  value: '<b>16 rows</b>',
  bytes: 14
};

describe('the product view', () => {
  let context: Context;
  let state: ProductState;

  const show = async (id: string): Promise<HTMLElement> => {
    state = new ProductState(context.mage, id);
    const node = await draw(
      <ProductPage state={state} registry={null} theme={0} context={context} />
    );
    await drawn(() => state.product !== null || state.error !== null);
    await drawn(() => state.error !== null || state.run !== null);
    return node;
  };

  beforeEach(() => {
    context = new Context().allow(CommandIDs.openRun);
    const ref = ({ id, name, type, rows, bytes }: Product): never =>
      ({ id, name, type, rows, bytes, columns: 2 }) as never;
    context.wire
      .on('GET products/x1', frame)
      .on('GET products/x2', text)
      .on(
        'GET runs/r1',
        run({
          number: 417,
          block_runs: [
            blockRun('clean', { products: [ref(frame)] }),
            blockRun('export', { products: [ref(text)] })
          ]
        })
      );
  });

  afterEach(() => {
    state.dispose();
    context.dispose();
    document.body.replaceChildren();
  });

  it('says what it is of, how large, and leads to its run', async () => {
    const node = await show('x1');
    const head = words(node.querySelector('header'));
    expect(head).toContain('clean0 × 261.4 MB, run 417');
    await click(node, 'run 417');
    expect(context.opened).toEqual([[CommandIDs.openRun, { run: 'r1' }]]);
  });

  it('lists the columns, and says when there is no row', async () => {
    const node = await show('x1');
    expect(words(node)).toContain('clean has no rows.');
    await click(node, 'Columns 2');
    const rows = [...node.querySelectorAll('.mage-Columns tbody tr')];
    expect(rows.map(words)).toEqual(['1carrierstring', '2delaydouble']);
  });

  it('says what the columns hold, and what is counted in a sample', async () => {
    const profile: ColumnProfile = {
      name: 'delay',
      type: 'double',
      nulls: 1,
      distinct: 526,
      distinct_exact: false,
      min: -43,
      max: 1301.5,
      mean: 12.5489,
      histogram: [
        { from: -43, to: 600, count: 9 },
        { from: 600, to: 1301.5, count: 3 }
      ],
      frequent: null,
      sampled: true
    };
    const carrier: ColumnProfile = {
      ...profile,
      ...{ name: 'carrier', type: 'large_string', nulls: 0, distinct: 2 },
      ...{ distinct_exact: true, min: 'AA', max: 'UA', mean: null },
      ...{ histogram: null, sampled: false },
      frequent: [{ value: 'UA', count: 18 }]
    };
    context.wire
      .on('GET products/x1', { ...frame, rows: 100, preview: null })
      .on('GET products/x1/profile', { profiles: [carrier, profile] });
    state = new ProductState(context.mage, 'x1');
    await drawn(() => state.product !== null);
    const node = await draw(
      <Columns state={state} product={state.product!} context={context} />
    );
    await drawn(() => node.querySelector('svg') !== null);
    const cells = [...node.querySelectorAll('tbody tr')].map(row =>
      [...row.querySelectorAll('td')].slice(3).map(words)
    );
    expect(cells[0]).toEqual(['UA 18 %', '2', 'AA', 'UA', '', 'no nulls']);
    expect(cells[1].slice(0, 2)).toEqual(['from a sample', 'about 526']);
    expect(cells[1].slice(2)).toEqual(['−43', '1302', '12.55', '1 % null']);
    const svg = node.querySelector('[role=img]');
    expect(svg?.getAttribute('aria-label')).toContain('from −43 to 1302');
    expect(svg?.querySelectorAll('rect')).toHaveLength(2);
  });

  it('leads to the other products of the run, and shows markup as text', async () => {
    const node = await show('x1');
    expect(words(node.querySelector('nav h2'))).toBe('2 products of run 417');
    const other = node.querySelectorAll<HTMLElement>('.mage-OtherRow')[1];
    await settle(() => other.click());
    await drawn(() => state.product?.id === 'x2');
    expect(words(node.querySelector('.mage-Value'))).toBe('<b>16 rows</b>');
    expect(node.querySelector('.mage-Value b')).toBeNull();
  });

  it('is downloaded in the formats of its type', async () => {
    const node = await show('x1');
    const links = [...node.querySelectorAll<HTMLAnchorElement>('a')];
    expect(links.map(words)).toEqual(['.csv', '.parquet', '.arrow', '.json']);
    expect(links[0].href).toBe(
      'http://server/hub/mage/products/x1/file?format=csv'
    );
    expect(formats({ ...frame, type: 'array' })).toEqual(['npy']);
    expect(formats({ ...frame, type: 'model' })).toEqual([]);
    const mime = { 'image/png': 'AA' };
    expect(formats({ ...frame, type: 'figure', mime })).toEqual([
      'html',
      'png'
    ]);
  });

  it('says why a product cannot be shown, and reads it once the server is back', async () => {
    context.wire.on(
      'GET products/x9',
      new Refusal(404, { message: 'It was freed.', reason: 'not-found' })
    );
    const node = await show('x9');
    expect(words(node)).toContain('This product cannot be shownIt was freed.');
  });
});
