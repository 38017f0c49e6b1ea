import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Signal } from '@lumino/signaling';
import { Menu } from '@lumino/widgets';

import { PipelineButtons } from '../../../labextension/src/export/buttons';
import { CommandIDs } from '../../../labextension/src/tokens';
import { click, settle, show } from '../draw';

describe('the buttons of a notebook', () => {
  const panel = { activate: jest.fn() };
  let bench: { isPipeline: boolean; changed: Signal<object, void> };
  let known: boolean;
  let added: Signal<object, object>;
  let buttons: PipelineButtons;
  let ran: [string, unknown][];

  beforeEach(async () => {
    const commands = new CommandRegistry();
    ran = [];
    for (const id of [
      CommandIDs.exportNotebook,
      CommandIDs.runPipeline,
      CommandIDs.runWithVariables
    ]) {
      commands.addCommand(id, {
        label: id,
        describedBy: { args: null },
        execute: args => ran.push([id, args])
      });
    }
    bench = { isPipeline: false, changed: new Signal({}) };
    known = false;
    added = new Signal({});
    const benches = { of: () => (known ? bench : null), added };
    buttons = new PipelineButtons(
      panel as never,
      benches as never,
      { commands, trans: nullTranslator.load('mage_jlab') } as never
    );
    await show(buttons);
  });

  afterEach(() => settle(() => buttons.dispose()));

  const follow = (): void => {
    known = true;
    added.emit(panel);
  };

  it('are there only while a cell is a block', () => {
    expect(buttons.isHidden).toBe(true);
    follow();
    expect(buttons.isHidden).toBe(true);
    bench.isPipeline = true;
    bench.changed.emit();
    expect(buttons.isHidden).toBe(false);
    bench.isPipeline = false;
    bench.changed.emit();
    expect(buttons.isHidden).toBe(true);
  });

  it('leave another notebook’s coming alone', () => {
    bench.isPipeline = known = true;
    added.emit({});
    expect(buttons.isHidden).toBe(true);
  });

  it('export, and offer what can be run', async () => {
    bench.isPipeline = true;
    follow();
    await settle();
    await click(buttons.node, 'Export…');
    expect(ran).toEqual([[CommandIDs.exportNotebook, {}]]);
    expect(panel.activate).toHaveBeenCalledTimes(1);
    const opened = jest.spyOn(Menu.prototype, 'open');
    await click(buttons.node, 'Run pipeline');
    const menu = opened.mock.contexts[0] as Menu;
    expect(menu.items.map(({ args }) => args.part)).toEqual([
      'all',
      'upto',
      'from',
      'block',
      undefined,
      undefined
    ]);
    expect(menu.activeIndex).toBe(0);
    menu.dispose();
    opened.mockRestore();
  });
});
