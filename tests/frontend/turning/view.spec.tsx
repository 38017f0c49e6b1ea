import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import * as React from 'react';

import type { ITurnCell } from '../../../labextension/src/turning/choices';
import type { TurningModel } from '../../../labextension/src/turning/model';
import { TurningPreview } from '../../../labextension/src/turning/view';
import { analysisOf, blockOf, problemOf } from '../analyses';
import { click, draw, settle, type, words } from '../draw';

const trans = nullTranslator.load('mage_jlab');
const raw = { ...blockOf('raw', {}, ['raw'], 'data_loader'), cell_id: 'c1' };
const clean = { ...blockOf('clean', { raw: 'raw.raw' }), cell_id: 'c2' };
const problem = { ...problemOf('c2', 2, 1, 2), message: 'ax is shared.' };
const cellOf = (number: number, fields: Partial<ITurnCell>): ITurnCell => ({
  id: `c${number}`,
  place: `#${number}`,
  source: 'x = 1',
  role: null,
  name: '',
  merge: null,
  joined: false,
  why: null,
  block: null,
  problems: [],
  ...fields
});

describe('the preview', () => {
  const actions = {
    close: jest.fn(),
    goTo: jest.fn(),
    open: jest.fn(),
    apply: jest.fn()
  };
  let model: Record<string, unknown>;
  let online: boolean;

  beforeEach(() => {
    online = true;
    jest.clearAllMocks();
    const cells = [
      cellOf(0, { source: 'import x' }),
      cellOf(1, { role: 'data_loader', block: raw }),
      cellOf(2, {
        role: 'transformer',
        block: clean,
        source: 'a\nb\nc\nd\ne\nf',
        merge: 'c1',
        why: 'ax is one object.',
        problems: [problem, { ...problem, severity: 'info', message: 'Psst.' }]
      }),
      cellOf(3, { role: 'parameters' })
    ];
    model = {
      path: 'work/sales.ipynb',
      workbench: {},
      turned: {
        analysis: {
          ...analysisOf([raw, clean], [problem]),
          pipeline: 'sales',
          variables: { market: 'CA' }
        }
      },
      cells,
      problems: [problem],
      suggestions: [cells[2]],
      error: null,
      isChanged: false,
      change: jest.fn(),
      joinAll: jest.fn(),
      reset: jest.fn(),
      read: jest.fn(() => Promise.resolve())
    };
    model.changed = new Signal(model);
  });

  const preview = (applying = false): Promise<HTMLElement> => {
    const connection = { online, lastAnswer: null, tryNow: jest.fn() };
    const mage = {
      connection: { ...connection, changed: new Signal(connection) }
    };
    return draw(
      <TurningPreview
        model={model as unknown as TurningModel}
        applying={applying}
        actions={actions}
        context={{ mage, trans } as never}
        languages={null}
      />
    );
  };
  const rows = (node: HTMLElement): HTMLElement[] => [
    ...node.querySelectorAll<HTMLElement>('.mage-TurnCell')
  ];
  const main = (node: HTMLElement): HTMLButtonElement | null =>
    node.querySelector<HTMLButtonElement>('.mage-mod-main');

  it('says what comes of it: blocks, scratch, variables, problems', async () => {
    const figures = words((await preview()).querySelector('dl'));
    expect(figures).toContain('Becomes2 blocks of pipeline sales');
    expect(figures).toContain('Stays scratch1 cell');
    expect(figures).toContain('Runtime variablesmarket');
    expect(figures).toContain('Stops the export1 problem');
  });

  it('shows each cell with its type, name, flows and problems', async () => {
    const cells = rows(await preview());
    expect(cells.map(cell => cell.getAttribute('aria-label'))).toEqual([
      'Cell #0, Scratch',
      'Cell #1, Data loader, raw',
      'Cell #2, Transformer, clean',
      'Cell #3, Parameters'
    ]);
    expect(cells.map(cell => cell.dataset.mageRole)).toEqual([
      undefined,
      'in',
      'do',
      'steer'
    ]);
    expect(cells[2].querySelector('input')?.value).toBe('clean');
    expect(words(cells[2])).toContain('in raw');
    expect(words(cells[1])).toContain('out raw → clean');
    expect(words(cells[2])).toContain('ax is shared.');
    expect(words(cells[2])).not.toContain('Psst.');
    expect(cells[0].querySelector('input')).toBeNull();
  });

  it('shows the first lines of a long cell, and the rest on request', async () => {
    const node = rows(await preview())[2];
    const code = (): string => words(node.querySelector('pre'));
    expect(code()).toBe('a b c d');
    await click(node, '2 more lines');
    expect(code()).toBe('a b c d e f');
    await click(node, 'Show less');
    expect(code()).toBe('a b c d');
  });

  it('lets a person change type and name', async () => {
    const node = await preview();
    await click(node, 'Cell #1 becomes: Data loader');
    const items = [
      ...document.querySelectorAll('.mage-TypeMenu .lm-Menu-item')
    ];
    expect(items.map(words)).toContain('Scratch: not a block');
    expect(items.map(words)).toContain('Parameters');
    expect(
      words(document.querySelector('.lm-mod-active .lm-Menu-itemLabel'))
    ).toBe('Data loader');
    document.querySelectorAll('.lm-Menu').forEach(menu => menu.remove());
    await type(node, 'Name of the block of cell #1', 'load_raw ');
    expect(model.change).toHaveBeenLastCalledWith('c1', { name: 'load_raw' });
    const field = node.querySelector<HTMLInputElement>('input');
    expect(field?.value).toBe('load_raw ');
    await settle(() =>
      field?.dispatchEvent(new FocusEvent('focusout', { bubbles: true }))
    );
    expect(field?.value).toBe('raw');
  });

  it('suggests to join cells, one or all, and to part them again', async () => {
    const node = await preview();
    expect(words(rows(node)[2])).toContain('ax is one object.');
    await click(node, 'Join the two');
    expect(model.change).toHaveBeenLastCalledWith('c2', { joined: true });
    await click(node, 'Join 1 cell with the one above');
    expect(model.joinAll).toHaveBeenCalledTimes(1);
    const [, , third] = model.cells as ITurnCell[];
    third.joined = true;
    const joined = await preview();
    expect(rows(joined)[2].querySelector('input')).toBeNull();
    expect(rows(joined)[2].getAttribute('aria-label')).toContain('joined');
    await click(joined, 'Keep apart');
    expect(model.change).toHaveBeenLastCalledWith('c2', { joined: false });
  });

  it('says once what is both a problem and the reason to join', async () => {
    const [, , third] = model.cells as ITurnCell[];
    third.why = problem.message;
    const node = rows(await preview())[2];
    const said = [...node.querySelectorAll('.mage-TurnCell-said')];
    expect(said.map(words)).toEqual(['Errorax is shared.Join the two']);
    expect(said[0].querySelector('[data-mark="error"]')).not.toBeNull();
  });

  it('shows the pipeline and what is left to mend, each with the way there', async () => {
    const outcome = (await preview()).querySelector<HTMLElement>(
      '.mage-Turn-outcome'
    ) as HTMLElement;
    expect(outcome.querySelectorAll('circle[r="3"]')).toHaveLength(2);
    expect(outcome.querySelectorAll('path')).not.toHaveLength(0);
    await click(outcome, 'clean, Transformer, reads from raw');
    expect(actions.goTo).toHaveBeenLastCalledWith(
      expect.objectContaining({ cell_id: 'c2' })
    );
    expect(words(outcome)).toContain('1 problem is left');
    await click(outcome, 'Go to the cell');
    expect(actions.goTo).toHaveBeenLastCalledWith(problem);
  });

  it('changes the notebook on request, says so, and starts over', async () => {
    model.isChanged = true;
    const node = await preview();
    expect(words(node)).toContain('The notebook is not changed yet');
    await click(node, 'Start over');
    expect(model.reset).toHaveBeenCalledTimes(1);
    await click(node, 'Make 2 blocks');
    expect(actions.apply).toHaveBeenCalledTimes(1);
    await click(node, 'Cancel');
    expect(actions.close).toHaveBeenCalledTimes(1);
    const busy = main(await preview(true));
    expect([busy?.disabled, words(busy)]).toEqual([
      true,
      'Changing the notebook…'
    ]);
  });

  it('moves between the cells’ types by arrows, but not out of a name', async () => {
    const node = await preview();
    const roles = [
      ...node.querySelectorAll<HTMLElement>('.mage-TurnCell-role')
    ];
    const down = (): KeyboardEvent =>
      new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true });
    roles[0].focus();
    await settle(() => roles[0].dispatchEvent(down()));
    expect(document.activeElement).toBe(roles[1]);
    const field = node.querySelector('input');
    field?.focus();
    await settle(() => field?.dispatchEvent(down()));
    expect(document.activeElement).toBe(field);
  });

  it('says what to do where there is nothing to show', async () => {
    model.cells = [];
    let node = await preview();
    expect(words(node)).toContain('There is no code yet');
    await click(node, 'Go to the notebook');
    model.workbench = null;
    node = await preview();
    expect(words(node)).toContain('sales.ipynb is not open');
    await click(node, 'Open the notebook');
    expect(actions.open).toHaveBeenCalledTimes(2);
  });

  it('says when no cell becomes a block, and makes none', async () => {
    model.turned = { analysis: analysisOf([]) };
    model.problems = [];
    const node = await preview();
    expect(words(node)).toContain('No cell becomes a block.');
    expect(words(node)).toContain('Stops the exportnothing');
    expect(main(node)?.disabled).toBe(true);
  });

  it('says why it cannot be made, and reads again', async () => {
    model.error = { message: 'The name leads out.', offline: false };
    const node = await preview();
    expect(words(node)).toContain('This cannot be made. The name leads out.');
    expect(main(node)?.disabled).toBe(true);
    await click(node, 'Read again');
    expect(model.read).toHaveBeenCalledTimes(1);
  });

  it('changes nothing while the server does not answer', async () => {
    online = false;
    const button = main(await preview());
    expect([button?.disabled, button?.title]).toEqual([
      true,
      'No connection to the server'
    ]);
  });
});
