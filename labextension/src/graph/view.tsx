import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import * as React from 'react';

import { LogModel } from '../model';
import { announcer, type IContext, mageIcon, stateWord, View } from '../ui';
import { PipelineState } from './model';
import { PipelinePage } from './pipeline';

/** What a pipeline view is opened with. */
export interface IPipelineArgs {
  /** JSON: the layout keeps it. */
  readonly [key: string]: string;
  /** The project's id. */
  readonly project: string;
  /** The pipeline's name. */
  readonly pipeline: string;
}

/**
 * The tab of a pipeline.
 */
export class PipelineView extends View<IPipelineArgs> {
  /**
   * Follow a pipeline.
   */
  constructor(
    args: IPipelineArgs,
    private _context: IContext,
    private _languages: IEditorLanguageRegistry | null
  ) {
    super(args);
    this.addClass('mage-PipelineView');
    this.title.label = args.pipeline;
    this.title.caption = _context.trans.__('Pipeline %1', args.pipeline);
    this.title.icon = mageIcon;
    this._state = new PipelineState(_context.mage, args.project, args.pipeline);
    this._state.changed.connect(this._onState, this);
  }

  /** What is shown. */
  get state(): PipelineState {
    return this._state;
  }

  /** Stop following. */
  override dispose(): void {
    if (!this.isDisposed) {
      this._state.dispose();
      this._log?.dispose();
    }
    super.dispose();
  }

  protected override render(): JSX.Element {
    return (
      <PipelinePage
        state={this._state}
        log={this._log}
        languages={this._languages}
        context={this._context}
      />
    );
  }

  private _onState(): void {
    const run = this._state.run;
    const live = run?.state === 'running' || run?.state === 'queued';
    if (run && live && this._log?.run !== run.id) {
      this._log?.dispose();
      this._log = new LogModel(this._context.mage.client, run.id);
      this.update();
    }
    this._announce();
  }

  private _announce(): void {
    const { trans } = this._context;
    for (const one of this._state.run?.block_runs ?? []) {
      const before = this._said.get(one.block);
      this._said.set(one.block, one.state);
      if (before === undefined || before === one.state || !this.isVisible) {
        continue;
      }
      if (one.state === 'failed') {
        announcer.atOnce(
          trans.__('%1 failed: %2', one.block, one.error?.type ?? '')
        );
      } else if (one.state === 'success' || one.state === 'running') {
        const word = stateWord(one.state, trans).toLowerCase();
        announcer.politely(trans.__('%1: %2', one.block, word));
      }
    }
  }

  private _log: LogModel | null = null;
  private _said = new Map<string, string>();
  private _state: PipelineState;
}
