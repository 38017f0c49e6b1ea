import * as React from 'react';

import { CommandIDs } from '../../../labextension/src/tokens';
import { TriggerDraft } from '../../../labextension/src/triggers/draft';
import { TriggerForm } from '../../../labextension/src/triggers/form';
import { TriggerRows } from '../../../labextension/src/triggers/rows';
import { Context } from '../context';
import { click, draw, drawn, settle, type, words } from '../draw';
import { pipeline, trigger } from '../samples';
import { Refusal } from '../wire';

const time = {
  at: '2027-03-14T07:00:00Z',
  local: '2027-03-14T03:00:00-04:00',
  zone: 'EDT',
  note: '02:30 does not exist that night: clocks go forward. Runs once, at 03:00.'
};

describe('the trigger editor', () => {
  let context: Context;
  let draft: TriggerDraft;
  let node: HTMLElement;
  const saved: boolean[] = [];

  beforeEach(async () => {
    saved.length = 0;
    context = new Context();
    context.wire
      .on('GET projects/p/pipelines/sales', {
        ...pipeline([]),
        variables: { origin: 'JFK', limit: 500 }
      })
      .on('GET schedule', { items: [time], next: null });
    draft = new TriggerDraft(context.mage, { project: 'p', pipeline: 'sales' });
    node = await draw(
      <TriggerForm
        draft={draft}
        context={context}
        onCancel={() => undefined}
        onSave={fire => saved.push(fire)}
      />
    );
    await drawn(() => draft.times.length === 1 && draft.pipeline !== null);
  });

  afterEach(() => {
    draft.dispose();
    context.dispose();
    document.body.replaceChildren();
  });

  it('says what the schedule means, and what happens at a change of the clock', () => {
    expect(words(node)).toContain('At 02:30, every day.');
    expect(words(node)).toContain('02:30 does not exist that night');
    expect(words(node)).toContain('Writes pipelines/sales/triggers.yaml');
  });

  it('keeps the last good times beside the sentence of a bad schedule', async () => {
    context.wire.on(
      'GET schedule',
      new Refusal(400, {
        message: 'The third field must be 1 to 31, and it is 45.',
        reason: 'bad-input'
      })
    );
    await type(node, 'Cron', '30 2 45 * *');
    await drawn(() => draft.badSpec !== null);
    expect(words(node.querySelector('[role="alert"]'))).toBe(
      'The third field must be 1 to 31, and it is 45.'
    );
    expect(node.querySelectorAll('.mage-Times li')).toHaveLength(1);
  });

  it('is saved by its button once it has a name', async () => {
    const button = [...node.querySelectorAll('button')].find(
      one => words(one) === 'Save trigger'
    );
    expect(button?.disabled).toBe(true);
    await type(node, 'Name', 'Nightly');
    expect(button?.disabled).toBe(false);
    await click(node, 'Save and run now');
    expect(saved).toEqual([true]);
  });

  it('gives on only the variables that differ from their defaults', async () => {
    const [origin, limit] = node.querySelectorAll<HTMLInputElement>(
      '.mage-Field .mage-mod-code.mage-Input:not([aria-label])'
    );
    expect([origin.value, limit.value]).toEqual(['JFK', '500']);
    await type(limit, '1000');
    expect(draft.draft.variables).toEqual({ limit: 1000 });
    expect(words(node)).toContain('instead of 500');
    await type(limit, '500');
    expect(draft.draft.variables).toEqual({});
  });

  it('changes its fields with its kind', async () => {
    await click(node, 'Interval');
    expect(node.querySelector('[aria-label="Cron"]')).toBeNull();
    expect(draft.draft.kind).toBe('interval');
  });
});

describe('the list of triggers', () => {
  let context: Context;

  beforeEach(() => {
    context = new Context().allow(CommandIDs.editTrigger);
    jest
      .spyOn(HTMLElement.prototype, 'offsetHeight', 'get')
      .mockReturnValue(400);
  });

  afterEach(() => {
    context.dispose();
    jest.restoreAllMocks();
    document.body.replaceChildren();
  });

  const list = (problems: string[]): Promise<HTMLElement> =>
    draw(
      <TriggerRows
        triggers={[trigger({ id: 't1', name: 'Nightly', enabled: true })]}
        online={true}
        context={context}
        onProblem={problem => problems.push(problem)}
        onSwitched={() => problems.push('switched')}
      />
    );

  it('switches a trigger, and says why it could not be', async () => {
    const told: string[] = [];
    context.wire.on('PATCH triggers/t1', trigger());
    const node = await list(told);
    await click(node, 'Nightly fires on this engine');
    await drawn(() => told.length === 1);
    expect(context.wire.bodies('PATCH triggers/t1')).toEqual([
      { enabled: false }
    ]);
    context.wire.on(
      'PATCH triggers/t1',
      new Refusal(503, { message: 'No engine.', reason: 'no' })
    );
    await settle();
    await click(node, 'Nightly fires on this engine');
    await drawn(() => told.length === 2);
    expect(told).toEqual(['switched', 'No engine.']);
  });

  it('opens a trigger by click and by Enter, never by its switch', async () => {
    context.wire.on('PATCH triggers/t1', trigger());
    const node = await list([]);
    await click(node, 'Nightly fires on this engine');
    expect(context.opened).toEqual([]);
    const row = node.querySelector<HTMLElement>('.mage-TriggerRow');
    await settle(() => row?.click());
    await settle(() => {
      row?.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Enter', bubbles: true })
      );
    });
    expect(context.opened).toEqual([
      [CommandIDs.editTrigger, { trigger: 't1' }],
      [CommandIDs.editTrigger, { trigger: 't1' }]
    ]);
  });
});
