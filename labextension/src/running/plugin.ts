import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  type IRunningSessions,
  IRunningSessionManagers
} from '@jupyterlab/running';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import type { Run } from '../contract';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the panel asks for the list at once
import { isLive } from '../model';
import { CommandIDs, IMage } from '../tokens';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the marks are loaded by the side bar anyhow
import { fully, type IContext, stateIcon, stateWord } from '../ui';

/** A live run, as the Running panel lists it. */
function item(run: Run, context: IContext): IRunningSessions.IRunningItem {
  const { mage, commands, trans } = context;
  return {
    open: () => {
      void commands.execute(CommandIDs.openRun, { run: run.id });
    },
    shutdown: () => {
      // The run's own view says when it could not be cancelled.
      mage.client.runs.cancel(run.id).catch(() => undefined);
    },
    icon: () => stateIcon(run.state),
    label: () => trans.__('%1, run %2', run.pipeline, run.number),
    labelTitle: () =>
      trans.__(
        '%1 since %2',
        stateWord(run.state, trans),
        fully(run.created_at)
      )
  };
}

/** Shows live runs in the host's Running panel. */
export const running: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:running',
  description:
    'Shows live runs in the Running panel, where they can be cancelled.',
  autoStart: true,
  requires: [IMage, IRunningSessionManagers],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    mage: IMage,
    managers: IRunningSessionManagers,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    const context = { mage, commands: app.commands, trans };
    const runs = mage.runs({});
    const live = (): Run[] => runs.items.filter(run => isLive(run.state));
    managers.add({
      name: trans.__('Pipeline runs'),
      supportsMultipleViews: false,
      running: () => live().map(run => item(run, context)),
      shutdownAll: () => {
        live().forEach(run => item(run, context).shutdown?.());
      },
      refreshRunning: () => void runs.refresh(),
      runningChanged: runs.changed,
      shutdownLabel: trans.__('Cancel run'),
      shutdownAllLabel: trans.__('Cancel all runs'),
      shutdownAllConfirmationText: trans.__(
        'Are you sure you want to cancel all runs that are going on?'
      )
    });
  }
};
