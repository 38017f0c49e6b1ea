import * as React from 'react';

import { Tree } from '../../../labextension/src/graph/tree';
import { Context } from '../context';
import { draw, settle, words } from '../draw';
import { block, pipeline } from '../samples';

const flow = pipeline([
  block('raw'),
  block('slow', ['raw']),
  block('total', ['raw']),
  block('done', ['slow', 'total'])
]);

describe('the tree beside the graph', () => {
  let context: Context;
  const selected: string[] = [];
  const opened: string[] = [];

  const plant = (search = ''): Promise<HTMLElement> =>
    draw(
      <Tree
        pipeline={flow}
        statuses={new Map()}
        selected="raw"
        search={search}
        context={context}
        onSelect={name => selected.push(name)}
        onOpen={name => opened.push(name)}
      />
    );
  const rows = (node: HTMLElement): HTMLElement[] => [
    ...node.querySelectorAll<HTMLElement>('.mage-TreeRow')
  ];
  const press = (row: HTMLElement, key: string): Promise<void> =>
    settle(() => {
      row.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    });

  beforeEach(() => {
    context = new Context();
    selected.length = 0;
    opened.length = 0;
  });

  afterEach(() => {
    context.dispose();
    document.body.replaceChildren();
  });

  it('shows a block with two parents again, in italics', async () => {
    const all = rows(await plant());
    expect(all.map(words).map(text => text.slice(1))).toEqual([
      'raw',
      'slow',
      'done',
      'total',
      'done'
    ]);
    expect(all.map(row => row.dataset['again'])).toEqual([
      'false',
      'false',
      'false',
      'false',
      'true'
    ]);
    expect(all.map(row => row.getAttribute('aria-level'))).toEqual([
      '1',
      '2',
      '3',
      '2',
      '3'
    ]);
  });

  it('says a block in one sentence', async () => {
    const [raw, slow] = rows(await plant());
    expect(raw.getAttribute('aria-label')).toBe(
      'raw, transformer, used by slow, total'
    );
    expect(slow.getAttribute('aria-label')).toBe(
      'slow, transformer, reads raw from raw, used by done'
    );
  });

  it('folds and unfolds by arrows, moves by arrows, opens by Enter', async () => {
    const node = await plant();
    const [raw] = rows(node);
    await settle(() => raw.focus());
    await press(raw, 'ArrowLeft');
    expect(rows(node)).toHaveLength(1);
    expect(raw.getAttribute('aria-expanded')).toBe('false');
    await press(raw, 'ArrowRight');
    expect(rows(node)).toHaveLength(5);
    await press(raw, 'ArrowDown');
    expect(selected).toEqual(['raw', 'slow']);
    await press(rows(node)[1], 'Enter');
    expect(opened).toEqual(['slow']);
  });

  it('lists what a search finds', async () => {
    expect(rows(await plant('TOT')).map(words)).toEqual(['Ttotal']);
  });
});
