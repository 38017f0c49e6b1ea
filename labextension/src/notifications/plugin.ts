import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { Run } from '../contract';
import { CommandIDs, IMage } from '../tokens';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- it has to watch from the start
import { RunEnds } from './ends';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the words are loaded by the side bar anyhow
import { between, duration, type IContext } from '../ui';

/** How long the word of a success stays, in ms; a failure stays until it is read. */
const STAYS = 5000;

/**
 * Whether somebody here has to be told how a run ended: who started it, and all when a trigger's
 * run failed.
 *
 * @param run - the run
 * @param mine - whether it was started here
 * @param quiet - whether nobody wants to hear of a success
 */
export function concerns(run: Run, mine: boolean, quiet = false): boolean {
  const bad = run.state === 'failed' || run.state === 'needs_attention';
  const wanted = mine && !(quiet && run.state === 'success');
  return wanted || (bad && run.trigger !== null);
}

/**
 * Say how a run ended: a success for a while, a failure until it is read.
 */
export async function tell(run: Run, context: IContext): Promise<void> {
  const { mage, commands, trans } = context;
  const actions = [
    {
      label: trans.__('Open run'),
      callback: () => {
        void commands.execute(CommandIDs.openRun, { run: run.id });
      }
    }
  ];
  if (run.state === 'success') {
    const took = duration(between(run.started_at, run.ended_at) ?? 0);
    Notification.success(
      trans.__('%1: run %2 in success, %3.', run.pipeline, run.number, took),
      { autoClose: STAYS, actions }
    );
    return;
  }
  if (run.state !== 'failed' && run.state !== 'needs_attention') {
    return;
  }
  const full = await mage.client.runs.get(run.id).catch(() => run);
  const error =
    full.block_runs.find(one => one.block === full.failed_block)?.error ??
    full.error;
  const title = full.failed_block
    ? trans.__('%1 failed at %2.', full.pipeline, full.failed_block)
    : trans.__('%1 failed.', full.pipeline);
  const first = error?.message.split('\n', 1)[0] ?? '';
  const detail = error
    ? trans.__('Run %1. %2: %3', full.number, error.type, first)
    : trans.__('Run %1.', full.number);
  Notification.error(`${title}\n${detail}`, { autoClose: false, actions });
}

/** Tells the ends of runs that were started here, and failures of triggers. */
export const notifications: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:notifications',
  description:
    'Tells the ends of runs that were started here, and failures of triggers.',
  autoStart: true,
  requires: [IMage],
  optional: [ITranslator, ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    mage: IMage,
    translator: ITranslator | null,
    registry: ISettingRegistry | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    const context = { mage, commands: app.commands, trans };
    let settings: ISettingRegistry.ISettings | null = null;
    registry?.load(notifications.id).then(
      loaded => {
        settings = loaded;
      },
      (reason: unknown) => console.error(reason)
    );
    const mine = new Set<string>();
    const keep = (_: unknown, run: Run): void => void mine.add(run.id);
    mage.client.runs.started.connect(keep);
    mage.client.triggers.fired.connect(keep);
    const ends = new RunEnds(mage.runs({}));
    ends.ended.connect((_, run) => {
      const quiet = settings?.composite.successes === false;
      if (concerns(run, mine.has(run.id), quiet)) {
        void tell(run, context);
      }
    }, ends);
  }
};
