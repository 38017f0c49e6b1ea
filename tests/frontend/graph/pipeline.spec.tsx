import * as React from 'react';

import { PipelineState } from '../../../labextension/src/graph/model';
import { PipelinePage } from '../../../labextension/src/graph/pipeline';
import { CommandIDs } from '../../../labextension/src/tokens';
import { Context } from '../context';
import { click, draw, drawn, settle, type, words } from '../draw';
import { block, pipeline, run, trigger } from '../samples';
import { Refusal } from '../wire';

// The page of the test lays nothing out, so there is no graph to draw in it.
jest.mock('../../../labextension/src/graph/canvas', () => ({
  __esModule: true,
  default: () => null
}));

describe('the pipeline view', () => {
  let context: Context;
  let state: PipelineState;

  const show = async (): Promise<HTMLElement> => {
    state = new PipelineState(context.mage, 'p', 'sales');
    const node = await draw(
      <PipelinePage
        state={state}
        log={null}
        languages={null}
        context={context}
      />
    );
    await drawn(
      () => state.pipeline.value !== null || state.pipeline.error !== null
    );
    await drawn(() => !state.runs.loading && !state.triggers.loading);
    return node;
  };

  beforeEach(() => {
    jest
      .spyOn(HTMLElement.prototype, 'offsetHeight', 'get')
      .mockReturnValue(400);
    context = new Context().allow(
      CommandIDs.exportNotebook,
      CommandIDs.newTrigger,
      CommandIDs.openRun,
      'docmanager:open'
    );
    context.wire
      .on('GET projects/p/pipelines/sales', {
        ...pipeline([]),
        variables: { limit: 500 },
        workbench: 'sales.ipynb'
      })
      .on('GET projects/p/triggers', { items: [], next: null })
      .on('GET runs', { items: [], next: null })
      .on('POST notebooks/export', { written: [], conflicts: [] })
      .on('POST notebooks/open', { notebook: 'shop/sales.ipynb' })
      .on('POST runs', run({ id: 'r9' }))
      .on('GET runs/r9', run({ id: 'r9' }));
  });

  afterEach(() => {
    state.dispose();
    context.dispose();
    jest.restoreAllMocks();
    document.body.replaceChildren();
  });

  it('says where the blocks of an empty pipeline come from', async () => {
    const node = await show();
    expect(words(node)).toContain('No blocks yet');
    const [button] = [...node.querySelectorAll('button')].filter(
      one => words(one) === 'Open the notebook'
    );
    await settle(() => button.click());
    await drawn(() => context.opened.length === 1);
    expect(context.opened).toEqual([
      ['docmanager:open', { path: 'shop/sales.ipynb' }]
    ]);
    const run = [...node.querySelectorAll('button')].find(
      one => words(one) === 'Run'
    );
    expect(run?.disabled).toBe(true);
  });

  it('asks for the variables and gives on what differs', async () => {
    context.wire.on('GET projects/p/pipelines/sales', {
      ...pipeline([block('raw')]),
      variables: { limit: 500 }
    });
    const node = await show();
    await click(node, 'Runs');
    await click(node, 'Run with variables…');
    const field = node.querySelector<HTMLInputElement>('.mage-Variables input');
    await type(field as HTMLInputElement, '7');
    await settle(() => {
      node.querySelector<HTMLFormElement>('form')?.requestSubmit();
    });
    await drawn(() => context.wire.bodies('POST runs').length === 1);
    expect(context.wire.bodies('POST runs')).toEqual([
      { project: 'p', pipeline: 'sales', variables: { limit: 7 } }
    ]);
  });

  it('asks before a run of files that the notebook is ahead of', async () => {
    context.wire
      .on('GET projects/p/pipelines/sales', {
        ...pipeline([block('raw')]),
        workbench: 'sales.ipynb'
      })
      .on('POST notebooks/export', { written: ['a', 'b'], conflicts: [] });
    const node = await show();
    await click(node, 'Runs');
    await click(node, 'Run');
    await drawn(() => state.held !== null);
    expect(words(node)).toContain('The notebook differs from 2 files.');
    await click(node, 'Export first…');
    await drawn(() => context.opened.length === 1);
    expect(context.opened).toEqual([
      [CommandIDs.exportNotebook, { path: 'shop/sales.ipynb' }]
    ]);
    expect(state.held).toBeNull();
  });

  it('lists the runs and the triggers of the pipeline', async () => {
    context.wire
      .on('GET runs', { items: [run({ id: 'r9', number: 9 })], next: null })
      .on('GET projects/p/triggers', { items: [trigger()], next: null });
    const node = await show();
    await click(node, 'Runs');
    expect(words(node.querySelector('.mage-RunRow'))).toContain('9sales');
    await click(node, 'Triggers');
    expect(words(node.querySelector('.mage-TriggerRow'))).toContain('Nightly');
    await click(node, 'New trigger…');
    expect(context.opened).toEqual([
      [CommandIDs.newTrigger, { project: 'p', pipeline: 'sales' }]
    ]);
  });

  it('says why a pipeline cannot be read, and reads it again', async () => {
    context.wire.on(
      'GET projects/p/pipelines/sales',
      new Refusal(422, { message: 'metadata.yaml, line 14', reason: 'bad' })
    );
    const node = await show();
    expect(words(node)).toContain(
      'sales cannot be read. metadata.yaml, line 14'
    );
    context.wire.on('GET projects/p/pipelines/sales', pipeline([]));
    await click(node, 'Check again');
    await drawn(() => state.pipeline.value !== null);
    expect(words(node)).toContain('No blocks yet');
  });
});
