import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { IMage } from '../tokens';

/** What every view gets from its plugin. */
export interface IContext {
  /** What is known of the server side. */
  readonly mage: IMage;
  /** The application's commands: how one view opens another. */
  readonly commands: CommandRegistry;
  /** The words. */
  readonly trans: TranslationBundle;
}
