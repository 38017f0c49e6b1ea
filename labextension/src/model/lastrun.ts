import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { BlockRun, Run } from '../contract';
import type { RunsModel } from './lists';
import type { IMage } from './shared';

/** The last run of a pipeline with its block runs, for as long as a notebook is looked at. */
export class LastRun {
  /** @param mage - what is known of the server side */
  constructor(mage: IMage) {
    this._mage = mage;
  }

  /** Emitted when the run is another, or changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Follow another pipeline; null follows none. */
  follow(project: string | null, pipeline: string | null): void {
    const key = project && pipeline ? `${project}\n${pipeline}` : '';
    if (key === this._key) {
      return;
    }
    this._key = key;
    this._run = null;
    this._runs?.dispose();
    this._runs = null;
    if (project && pipeline) {
      this._runs = this._mage.runs({ project, pipeline });
      this._runs.changed.connect(this._onRuns, this);
    }
    this._changed.emit();
  }

  /** Find how a block ended, or stands, in that run. */
  block(name: string): BlockRun | null {
    return this._run?.block_runs.find(run => run.block === name) ?? null;
  }

  /** The run. */
  get run(): Run | null {
    return this._run;
  }

  /** Stop following. */
  dispose(): void {
    this._runs?.dispose();
    this._runs = null;
    this._key = 'disposed';
    Signal.clearData(this);
  }

  private _onRuns(runs: RunsModel): void {
    const id = runs.items[0]?.id;
    const key = this._key;
    if (id === undefined) {
      return;
    }
    // A reading that fails leaves what is known; the next change reads again.
    void this._mage.client.runs.get(id).then(
      run => {
        if (key === this._key) {
          this._run = run;
          this._changed.emit();
        }
      },
      () => undefined
    );
  }

  private _changed = new Signal<this, void>(this);
  private _key = '';
  private _mage: IMage;
  private _run: Run | null = null;
  private _runs: RunsModel | null = null;
}
