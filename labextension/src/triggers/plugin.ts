import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, IMage } from '../tokens';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the layout is restored through it at once
import { Opener } from '../ui';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- tabs are restored with it at once
import { type ITriggerArgs, TriggerView } from './view';

/** Writes triggers, with the next ten times as one types. */
export const triggerEditor: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:trigger-editor',
  description: 'Writes triggers, with the next ten times as one types.',
  autoStart: true,
  requires: [IMage],
  optional: [ITranslator, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    mage: IMage,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    const { commands } = app;
    const context = { mage, commands, trans };
    const make = (args: ITriggerArgs): TriggerView =>
      new TriggerView(args, context);
    const drafts = new Opener<ITriggerArgs>({
      app,
      command: CommandIDs.newTrigger,
      restorer,
      key: args => `${args['project']}-${args['pipeline']}`,
      make
    });
    const editors = new Opener<ITriggerArgs>({
      app,
      command: CommandIDs.editTrigger,
      restorer,
      key: args => args['trigger'],
      make
    });
    commands.addCommand(CommandIDs.newTrigger, {
      label: trans.__('New Trigger…'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            project: { type: 'string' },
            pipeline: { type: 'string' }
          },
          required: ['project', 'pipeline']
        }
      },
      execute: args => {
        drafts.open({
          project: args['project'] as string,
          pipeline: args['pipeline'] as string
        });
      }
    });
    commands.addCommand(CommandIDs.editTrigger, {
      label: trans.__('Edit Trigger…'),
      describedBy: {
        args: {
          type: 'object',
          properties: { trigger: { type: 'string' } },
          required: ['trigger']
        }
      },
      execute: args => {
        editors.open({ trigger: args['trigger'] as string });
      }
    });
  }
};
