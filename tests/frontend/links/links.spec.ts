import type { IRouter, JupyterFrontEnd } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';

import { links } from '../../../labextension/src/links';
import {
  linkTo,
  readLink,
  targetOf
} from '../../../labextension/src/links/target';
import { CommandIDs } from '../../../labextension/src/tokens';
import { Context } from '../context';
import { until } from '../wire';

describe('a link', () => {
  it.each([
    ['pipeline', CommandIDs.openPipeline, { project: 'p', pipeline: 'a & b' }],
    ['run', CommandIDs.openRun, { run: 'r1', block: 'load/é' }],
    ['trigger', CommandIDs.editTrigger, { trigger: 't1' }],
    ['product', CommandIDs.openProduct, { product: 'x=1' }]
  ] as const)('to a %s opens it', (kind, command, args) => {
    const link = new URL(linkTo('http://hub/user/lab', { kind, args }));
    expect(link.pathname).toBe('/user/lab');
    expect(readLink(link.search)).toEqual({ command, args, rest: '' });
  });

  it('leaves the rest of an address as it is, and foreign ones alone', () => {
    expect(readLink('?reset&mage=run&run=r1&token=x')).toMatchObject({
      args: { run: 'r1' },
      rest: '?reset=&token=x'
    });
    expect(readLink('?mage=toString&run=r1')).toBeNull();
    expect(readLink('?run=r1')).toBeNull();
  });
});

describe('what was clicked', () => {
  const of = (data: object, view: object = {}) =>
    targetOf(data as DOMStringMap, view as { [name: string]: unknown }, 'p');

  it('is a row of the side bar', () => {
    expect(of({ magePipeline: 'sales' })).toEqual({
      kind: 'pipeline',
      args: { project: 'p', pipeline: 'sales' }
    });
    expect(of({ mageTrigger: 't1' })?.args).toEqual({ trigger: 't1' });
    expect(of({ mageRun: 'r1' })?.args).toEqual({ run: 'r1' });
  });

  it('is a block of the pipeline or the run around it, or a product', () => {
    const view = { project: 'q', pipeline: 'sales' };
    expect(of({ mageBlock: 'load' }, view)).toEqual({
      kind: 'pipeline',
      args: { project: 'q', pipeline: 'sales', block: 'load' }
    });
    expect(of({ mageBlock: 'load' }, { run: 'r1' })?.args).toEqual({
      run: 'r1',
      block: 'load'
    });
    expect(of({ mageProduct: 'x' }, { run: 'r1' })?.kind).toBe('product');
    expect(of({})).toBeNull();
  });
});

describe('the plugin of links', () => {
  let context: Context;
  let row: HTMLElement;
  let pattern: RegExp | undefined;
  const navigate = jest.fn();

  beforeEach(async () => {
    context = new Context().allow(CommandIDs.openRun);
    row = document.createElement('div');
    row.className = 'mage-RunRow';
    row.dataset.mageRun = 'r1';
    const app = {
      commands: context.commands,
      contextMenu: { addItem: jest.fn() },
      contextMenuHitTest: (test: (node: HTMLElement) => boolean) =>
        test(row) ? row : undefined,
      restored: Promise.resolve(),
      shell: { widgets: () => [] }
    } as unknown as JupyterFrontEnd;
    const router = {
      navigate,
      register: (options: IRouter.IRegisterOptions) => {
        pattern = options.pattern;
      }
    } as unknown as IRouter;
    await links.activate(app, context.mage, null, router);
    await until(() => context.mage.projects.value !== null);
  });

  afterEach(() => {
    context.dispose();
    jest.restoreAllMocks();
  });

  it('copies the link of what was clicked', async () => {
    const copied = jest
      .spyOn(Clipboard, 'copyToSystem')
      .mockImplementation(() => undefined);
    await context.commands.execute('mage-jlab:copy-link');
    expect(copied).toHaveBeenCalledTimes(1);
    expect(copied.mock.calls[0][0]).toMatch(/\/lab\?mage=run&run=r1$/);
    row.className = 'other';
    await context.commands.execute('mage-jlab:copy-link');
    expect(copied).toHaveBeenCalledTimes(1);
  });

  it('opens what a link leads to, and takes it out of the address', async () => {
    const search = '?mage=run&run=r1';
    expect(pattern?.test(search)).toBe(true);
    const location = { path: '/lab', search };
    await context.commands.execute('mage-jlab:follow-link', location);
    expect(navigate).toHaveBeenCalledWith('/lab', { skipRouting: true });
    expect(context.opened).toEqual([[CommandIDs.openRun, { run: 'r1' }]]);
  });
});
