import type { JupyterFrontEnd } from '@jupyterlab/application';
import type {
  IRunningSessionManagers,
  IRunningSessions
} from '@jupyterlab/running';

import { running } from '../../../labextension/src/running';
import { CommandIDs } from '../../../labextension/src/tokens';
import { Context } from '../context';
import { run } from '../samples';
import { until } from '../wire';

describe('the Running panel', () => {
  let context: Context;
  let manager: IRunningSessions.IManager;

  const live = (): IRunningSessions.IRunningItem[] =>
    manager.running({ mode: 'list' });

  beforeEach(async () => {
    context = new Context().allow(CommandIDs.openRun);
    context.wire
      .on('GET runs', {
        items: [
          run({ id: 'r2', number: 2, state: 'running', ended_at: null }),
          run({ id: 'r1' })
        ],
        next: null
      })
      .on('POST runs/r2/cancel', run({ id: 'r2', state: 'cancelled' }));
    const app = { commands: context.commands } as unknown as JupyterFrontEnd;
    const managers = {
      add: (one: IRunningSessions.IManager) => {
        manager = one;
      }
    } as unknown as IRunningSessionManagers;
    await running.activate(app, context.mage, managers, null);
    await until(() => live().length > 0);
  });

  afterEach(() => {
    context.dispose();
  });

  it('lists what is going on, and nothing that has ended', () => {
    const items = live();
    expect(items.map(item => item.label?.())).toEqual(['sales, run 2']);
    items[0].open?.();
    expect(context.opened).toEqual([[CommandIDs.openRun, { run: 'r2' }]]);
  });

  it('cancels one run, or all of them', async () => {
    const cancelled = (): number =>
      context.wire.bodies('POST runs/r2/cancel').length;
    live()[0].shutdown?.();
    await until(() => cancelled() === 1);
    manager.shutdownAll();
    await until(() => cancelled() === 2);
  });
});
