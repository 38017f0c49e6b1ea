import * as React from 'react';

import {
  announcer,
  Bars,
  Moment,
  OfflineBanner,
  readValue,
  Switch,
  Tabs,
  VariableFields,
  valueText
} from '../../../labextension/src/ui';
import { Context } from '../context';
import { draw, drawn, settle, type, words } from '../draw';

describe('the parts of the views', () => {
  let context: Context;

  beforeEach(() => {
    context = new Context();
  });

  afterEach(() => {
    context.dispose();
    jest.useRealTimers();
    document.body.replaceChildren();
  });

  it('move between tabs by arrows, round the end', async () => {
    const chosen: string[] = [];
    const node = await draw(
      <Tabs
        label={context.trans.__('Parts')}
        selected="a"
        onSelect={tab => chosen.push(tab)}
        tabs={[
          ['a', 'A'],
          ['b', 'B'],
          ['c', 'C']
        ]}
      />
    );
    const list = node.querySelector('[role="tablist"]');
    for (const key of ['ArrowRight', 'ArrowLeft', 'ArrowDown']) {
      await settle(() => {
        list?.dispatchEvent(
          new KeyboardEvent('keydown', { key, bubbles: true })
        );
      });
    }
    expect(chosen).toEqual(['b', 'c']);
    expect(document.activeElement?.textContent).toBe('C');
  });

  it('show bars only when reading takes its time', async () => {
    jest.useFakeTimers();
    const node = await draw(<Bars rows={3} height={40} text="Reading…" />);
    expect(words(node)).toBe('');
    await settle(() => jest.advanceTimersByTime(301));
    expect(words(node)).toBe('Reading…');
    expect(node.querySelectorAll('.mage-Bars-row span')).toHaveLength(6);
  });

  it('say a moment beside now', async () => {
    const { trans } = context;
    const past = new Date(Date.now() - 120_000).toISOString();
    const coming = new Date(Date.now() + 60 * 60_000).toISOString();
    const node = await draw(
      <>
        <Moment at={past} trans={trans} />
        <Moment at={coming} trans={trans} />
      </>
    );
    const [before, after] = [...node.querySelectorAll('time')].map(words);
    expect(before).toBe('2 min ago');
    expect(after).toMatch(/^in /);
  });

  it('switch without opening what they stand on', async () => {
    const heard: unknown[] = [];
    const node = await draw(
      <div onClick={() => heard.push('row')}>
        <Switch
          on={false}
          label={context.trans.__('Nightly')}
          onChange={on => heard.push(on)}
        />
      </div>
    );
    await settle(() => node.querySelector('button')?.click());
    expect(heard).toEqual([true]);
  });

  it('read a value as its default is one', () => {
    expect(readValue('7', 3)).toBe(7);
    expect(readValue('7', 'text')).toBe('7');
    expect(readValue('[1, 2]', [])).toEqual([1, 2]);
    expect(readValue('no json', 3)).toBe('no json');
    expect(valueText({ a: 1 })).toBe('{"a":1}');
    expect(valueText('JFK')).toBe('JFK');
  });

  it('keep what is typed into a variable while it is no value yet', async () => {
    const given: Record<string, unknown>[] = [];
    const node = await draw(
      <VariableFields
        defaults={{ limits: [1] }}
        values={{}}
        trans={context.trans}
        onChange={values => given.push(values)}
      />
    );
    const field = node.querySelector('input') as HTMLInputElement;
    await type(field, '[1, ');
    await type(field, '[1, 2]');
    expect(field.value).toBe('[1, 2]');
    expect(given).toEqual([{ limits: '[1, ' }, { limits: [1, 2] }]);
  });

  it('say that the server is away, from when the state is, and try again', async () => {
    const node = await draw(<OfflineBanner context={context} />);
    expect(words(node)).toBe('');
    context.wire.reachable = false;
    void context.mage.client.engine.status().catch(() => undefined);
    await drawn(() => !context.mage.connection.online);
    expect(words(node)).toContain('No connection to the server.');
    context.wire.reachable = true;
    await settle(() => node.querySelector('button')?.click());
    await drawn(() => context.mage.connection.online);
    expect(words(node)).toBe('');
  });

  it('say changes to screen readers: the newest of a burst, failures at once', () => {
    jest.useFakeTimers({ now: Date.now() + 60_000 });
    const region = (manner: string): string | null | undefined =>
      document.querySelector(`[aria-live="${manner}"]`)?.textContent;
    announcer.politely('clean: running');
    expect(region('polite')).toBe('clean: running');
    announcer.politely('clean: success');
    announcer.politely('join: running');
    expect(region('polite')).toBe('clean: running');
    jest.advanceTimersByTime(2001);
    expect(region('polite')).toBe('join: running');
    announcer.atOnce('join failed: MergeError');
    expect(region('assertive')).toBe('join failed: MergeError');
  });
});
