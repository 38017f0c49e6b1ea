import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';

import { sentence } from '../client';
import { CommandIDs } from '../tokens';
import { type IContext, runIcon, stopIcon } from '../ui';

/** The commands of the context menus on rows; each acts on the row that was clicked. */
namespace RowCommands {
  /** Open the pipeline of the row. */
  export const openPipeline = 'mage-jlab:row-open-pipeline';
  /** Run the pipeline of the row. */
  export const runPipeline = 'mage-jlab:row-run-pipeline';
  /** Open the notebook that the pipeline is written in. */
  export const openNotebook = 'mage-jlab:row-open-notebook';
  /** Write a trigger for the pipeline of the row. */
  export const newTrigger = 'mage-jlab:row-new-trigger';
  /** Open the run of the row. */
  export const openRun = 'mage-jlab:row-open-run';
  /** Cancel the run of the row. */
  export const cancelRun = 'mage-jlab:row-cancel-run';
  /** Retry the run of the row. */
  export const retryRun = 'mage-jlab:row-retry-run';
  /** Edit the trigger of the row. */
  export const editTrigger = 'mage-jlab:row-edit-trigger';
  /** Fire the trigger of the row now. */
  export const fireTrigger = 'mage-jlab:row-fire-trigger';
  /** Remove the trigger of the row. */
  export const removeTrigger = 'mage-jlab:row-remove-trigger';
}

/**
 * Give the rows of the sidebar their context menus.
 */
export function addMenus(app: JupyterFrontEnd, context: IContext): void {
  const { mage, commands, trans } = context;
  const hit = (key: string): string =>
    app.contextMenuHitTest(node => node.dataset[key] !== undefined)?.dataset[
      key
    ] ?? '';
  const project = (): string => mage.projects.current?.id ?? '';
  const pipeline = (): string => hit('magePipeline');
  const run = (): string => hit('mageRun');
  const trigger = (): string => hit('mageTrigger');
  const live = (): boolean => ['queued', 'running'].includes(hit('mageState'));

  const add = (
    id: string,
    label: string,
    execute: () => Promise<unknown>,
    options: { icon?: typeof runIcon; isVisible?: () => boolean } = {}
  ): void => {
    commands.addCommand(id, {
      label,
      describedBy: { args: { type: 'object', properties: {} } },
      ...options,
      execute: async () => {
        try {
          await execute();
        } catch (error) {
          Notification.error(sentence(error));
        }
      }
    });
  };

  add(RowCommands.openPipeline, trans.__('Open'), () =>
    commands.execute(CommandIDs.openPipeline, {
      project: project(),
      pipeline: pipeline()
    })
  );
  add(
    RowCommands.runPipeline,
    trans.__('Run'),
    async () => {
      const started = await mage.client.runs.start({
        project: project(),
        pipeline: pipeline()
      });
      await commands.execute(CommandIDs.openRun, { run: started.id });
    },
    { icon: runIcon }
  );
  add(RowCommands.openNotebook, trans.__('Open Notebook'), async () => {
    const path = await mage.client.notebooks.open(project(), pipeline());
    await commands.execute('docmanager:open', { path });
  });
  add(RowCommands.newTrigger, trans.__('New Trigger…'), () =>
    commands.execute(CommandIDs.newTrigger, {
      project: project(),
      pipeline: pipeline()
    })
  );
  add(RowCommands.openRun, trans.__('Open'), () =>
    commands.execute(CommandIDs.openRun, { run: run() })
  );
  add(
    RowCommands.cancelRun,
    trans.__('Cancel Run'),
    () => mage.client.runs.cancel(run()),
    { icon: stopIcon, isVisible: live }
  );
  add(
    RowCommands.retryRun,
    trans.__('Retry'),
    () => mage.client.runs.retry(run()),
    { isVisible: () => ['failed', 'cancelled'].includes(hit('mageState')) }
  );
  add(RowCommands.editTrigger, trans.__('Edit…'), () =>
    commands.execute(CommandIDs.editTrigger, { trigger: trigger() })
  );
  add(
    RowCommands.fireTrigger,
    trans.__('Run Now'),
    async () => {
      const fired = await mage.client.triggers.fire(trigger());
      await commands.execute(CommandIDs.openRun, { run: fired.id });
    },
    { icon: runIcon }
  );
  add(RowCommands.removeTrigger, trans.__('Remove'), () =>
    mage.client.triggers.remove(trigger())
  );

  const menus: readonly (readonly [string, readonly string[]])[] = [
    [
      '.mage-PipelineRow',
      [
        RowCommands.openPipeline,
        RowCommands.runPipeline,
        RowCommands.openNotebook,
        RowCommands.newTrigger
      ]
    ],
    [
      '.mage-RunRow',
      [RowCommands.openRun, RowCommands.cancelRun, RowCommands.retryRun]
    ],
    [
      '.mage-TriggerRow',
      [
        RowCommands.editTrigger,
        RowCommands.fireTrigger,
        RowCommands.removeTrigger
      ]
    ]
  ];
  for (const [selector, ids] of menus) {
    ids.forEach((command, rank) => {
      app.contextMenu.addItem({ command, selector, rank });
    });
  }
}
