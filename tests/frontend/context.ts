import type { ServiceManager } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import { Mage } from '../../labextension/src/model';
import type { IContext } from '../../labextension/src/ui';
import { FakeEvents, Wire } from './wire';

/** What a view gets from its plugin, over a wire that the test answers; it notes what is opened. */
export class Context implements IContext {
  constructor() {
    this.wire
      .on('GET projects', {
        items: [{ id: 'p', name: 'shop', path: 'shop' }],
        next: null
      })
      .on('GET engine', { state: 'running', live_runs: 0 });
    this.mage = new Mage({
      serverSettings: this.wire.settings,
      events: new FakeEvents()
    } as unknown as ServiceManager.IManager);
  }

  readonly wire = new Wire();
  readonly mage: Mage;
  readonly commands = new CommandRegistry();
  readonly trans = nullTranslator.load('mage_jlab');
  /** The commands that were run: their ids and what they were given. */
  readonly opened: [string, unknown][] = [];

  /** Let a command be run, and noted. */
  allow(...ids: string[]): this {
    for (const id of ids) {
      this.commands.addCommand(id, {
        describedBy: { args: { type: 'object', properties: {} } },
        execute: args => {
          this.opened.push([id, { ...args }]);
        }
      });
    }
    return this;
  }

  dispose(): void {
    this.mage.projects.dispose();
    this.mage.engine.dispose();
  }
}
