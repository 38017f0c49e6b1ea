import * as React from 'react';

import { CommandIDs } from '../tokens';
import { announcer, clockIcon, type IContext, View } from '../ui';
import { TriggerDraft } from './draft';
import { TriggerForm } from './form';

/** What a trigger editor is opened with: a pipeline for a new trigger, or a trigger. */
export interface ITriggerArgs {
  /** JSON: the layout keeps it. */
  readonly [key: string]: string;
}

/**
 * The tab in which a trigger is written.
 */
export class TriggerView extends View<ITriggerArgs> {
  /**
   * Begin a new trigger (`project`, `pipeline`), or change one (`trigger`).
   */
  constructor(
    args: ITriggerArgs,
    private _context: IContext
  ) {
    super(args);
    const { trans, mage } = _context;
    this.addClass('mage-TriggerView');
    this.title.label = trans.__('New trigger');
    this.title.icon = clockIcon;
    this._draft = new TriggerDraft(
      mage,
      args['trigger']
        ? { trigger: args['trigger'] }
        : { project: args['project'], pipeline: args['pipeline'] }
    );
    this._draft.changed.connect(this._onDraft, this);
  }

  /** What is written. */
  get draft(): TriggerDraft {
    return this._draft;
  }

  /** Forget the draft. */
  override dispose(): void {
    if (!this.isDisposed) {
      this._draft.dispose();
    }
    super.dispose();
  }

  protected override onActivateRequest(): void {
    this.node.querySelector<HTMLElement>('input')?.focus();
  }

  protected override render(): JSX.Element {
    return (
      <TriggerForm
        draft={this._draft}
        context={this._context}
        onCancel={() => this.close()}
        onSave={fire => void this._save(fire)}
      />
    );
  }

  private async _save(fire: boolean): Promise<void> {
    const saved = await this._draft.save(fire);
    if (!saved) {
      return;
    }
    const { trans, commands } = this._context;
    announcer.politely(trans.__('%1 is saved.', saved.trigger.name));
    if (saved.run) {
      await commands.execute(CommandIDs.openRun, { run: saved.run.id });
    }
    this.close();
  }

  private _onDraft(): void {
    const { trans } = this._context;
    const trigger = this._draft.trigger;
    this.title.label = trigger?.name ?? trans.__('New trigger');
    this.title.caption = trans.__(
      '%1 of %2',
      this.title.label,
      this._draft.pipelineName
    );
  }

  private _draft: TriggerDraft;
}
