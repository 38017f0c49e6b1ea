import * as React from 'react';

import { ProjectLists } from '../../../labextension/src/sidebar/lists';
import {
  type ISidebarActions,
  Sidebar
} from '../../../labextension/src/sidebar/sidebar';
import { CommandIDs } from '../../../labextension/src/tokens';
import { Context } from '../context';
import { click, draw, drawn, settle, type, words } from '../draw';
import { mark, row, run } from '../samples';

const empty = { items: [], next: null };

describe('the sidebar', () => {
  let context: Context;
  let lists: ProjectLists;
  const done: unknown[] = [];
  const actions: ISidebarActions = {
    folder: () => 'work',
    makeProject: demo => {
      done.push(['project', demo]);
      return Promise.resolve();
    },
    makePipeline: name => {
      done.push(['pipeline', name]);
      return name === '../x'
        ? Promise.reject(new Error('A name has no slashes.'))
        : Promise.resolve();
    },
    pickNotebook: () => {
      done.push('pick');
      return Promise.resolve();
    },
    chooseProject: () => undefined
  };

  const show = async (): Promise<HTMLElement> => {
    lists = new ProjectLists(context.mage);
    const node = await draw(
      <Sidebar
        lists={lists}
        selected="sales"
        actions={actions}
        context={context}
      />
    );
    await drawn(() => context.mage.projects.value !== null);
    await drawn(
      () =>
        !lists.pipelines || (!lists.pipelines.loading && !lists.runs?.loading)
    );
    return node;
  };

  beforeEach(() => {
    done.length = 0;
    jest
      .spyOn(HTMLElement.prototype, 'offsetHeight', 'get')
      .mockReturnValue(400);
    context = new Context().allow(CommandIDs.openPipeline, CommandIDs.openRun);
    context.wire
      .on('GET projects/p/pipelines', empty)
      .on('GET projects/p/triggers', empty)
      .on('GET runs', empty);
  });

  afterEach(() => {
    lists.dispose();
    context.dispose();
    jest.restoreAllMocks();
    document.body.replaceChildren();
  });

  it('says in an empty project what to do', async () => {
    const node = await show();
    expect(words(node)).toContain('No pipelines yet');
    expect(words(node)).toContain('Make a pipeline first.');
    expect(node.querySelector('input')).toBeNull();
    await click(node, 'Turn a notebook into a pipeline…');
    expect(done).toEqual(['pick']);
  });

  it('offers a project where there is none', async () => {
    context.wire.on('GET projects', empty);
    const node = await show();
    expect(words(node)).toContain('work is none yet.');
    await click(node, 'Open the demo project');
    expect(done).toEqual([['project', true]]);
  });

  it('makes a pipeline, and says why it could not', async () => {
    const node = await show();
    await click(node, 'New pipeline');
    await type(node, 'Name of the pipeline', '../x');
    await click(node, 'Create');
    expect(done).toEqual([['pipeline', '../x']]);
    expect(words(node.querySelector('[role="alert"]'))).toContain(
      'A name has no slashes.'
    );
    await click(node, 'Close');
    expect(node.querySelector('[role="alert"]')).toBeNull();
  });

  it('lists pipelines and runs, and filters by state', async () => {
    const failed = mark({ state: 'failed', failed_block: 'join' });
    context.wire
      .on('GET projects/p/pipelines', {
        items: [row('sales', { last_runs: [failed] }), row('fares')],
        next: null
      })
      .on('GET runs', {
        items: [run({ id: 'r2', number: 2, state: 'failed' })],
        next: null
      });
    const node = await show();
    const rows = (): (string | undefined)[] =>
      [...node.querySelectorAll<HTMLElement>('.mage-PipelineRow')].map(
        one => one.dataset['magePipeline']
      );
    expect(rows()).toEqual(['sales', 'fares']);
    await click(node, 'Failed 1');
    expect(rows()).toEqual(['sales']);
    await click(node, 'All 2');
    await settle(() =>
      node.querySelector<HTMLElement>('.mage-PipelineRow')?.click()
    );
    await settle(() =>
      node.querySelector<HTMLElement>('.mage-RunRow')?.click()
    );
    expect(context.opened).toEqual([
      [CommandIDs.openPipeline, { project: 'p', pipeline: 'sales' }],
      [CommandIDs.openRun, { run: 'r2' }]
    ]);
  });

  it('asks the server for what is searched', async () => {
    context.wire.on('GET projects/p/pipelines', {
      items: [row('sales')],
      next: null
    });
    const node = await show();
    context.wire.on('GET projects/p/pipelines', empty);
    await type(node, 'Search pipelines, triggers, runs', 'fligth');
    await drawn(() => lists.search === 'fligth' && !lists.pipelines?.items[0]);
    const asked = context.wire.requests.filter(
      one => one.path === 'projects/p/pipelines'
    );
    expect(asked[asked.length - 1].query['search']).toBe('fligth');
    expect(words(node)).toContain('No pipeline matches “fligth”.');
  });

  it('folds a section', async () => {
    const node = await show();
    const head = node.querySelectorAll<HTMLElement>('.mage-Section-toggle')[2];
    await settle(() => head.click());
    expect(head.getAttribute('aria-expanded')).toBe('false');
    expect(words(node)).not.toContain('Nothing has run yet.');
  });
});
