import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import * as React from 'react';

import { type IContext, stateIcon, View } from '../ui';
import { runTitle } from './head';
import { RunState } from './model';
import { RunPage } from './page';

/** What a run view is opened with. */
export interface IRunArgs {
  /** JSON: the layout keeps it. */
  readonly [key: string]: string;
  /** The run's id. */
  readonly run: string;
}

/**
 * The tab of a run.
 */
export class RunView extends View<IRunArgs> {
  /**
   * Follow a run.
   */
  constructor(
    args: IRunArgs,
    private _context: IContext,
    private _languages: IEditorLanguageRegistry | null,
    private _registry: IRenderMimeRegistry | null
  ) {
    super(args);
    this.addClass('mage-RunView');
    this.title.label = _context.trans.__('Run');
    this.title.icon = stateIcon('queued');
    this._state = new RunState(_context.mage, args.run);
    this._state.changed.connect(this._onState, this);
  }

  /** What is shown. */
  get state(): RunState {
    return this._state;
  }

  /** Stop following. */
  override dispose(): void {
    if (!this.isDisposed) {
      this._state.dispose();
    }
    super.dispose();
  }

  protected override render(): JSX.Element {
    return (
      <RunPage
        state={this._state}
        languages={this._languages}
        registry={this._registry}
        context={this._context}
      />
    );
  }

  private _onState(): void {
    const run = this._state.run;
    if (run) {
      this.args = { run: run.id };
      this.title.label = this._context.trans.__('Run %1', run.number);
      this.title.icon = stateIcon(run.state);
      this.title.caption = `${runTitle(run, this._context)}, ${run.pipeline}`;
    }
  }

  private _state: RunState;
}
