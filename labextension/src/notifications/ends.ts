import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { Run } from '../contract';
import { isLive, type RunsModel } from '../model';

/**
 * Tells the ends of runs: of those that were seen live here, and of those that came and went, or
 * went on and ended again, between two looks.
 */
export class RunEnds implements IDisposable {
  /**
   * Watch a list of runs; it is disposed with this.
   */
  constructor(private _runs: RunsModel) {
    _runs.changed.connect(this._onRuns, this);
  }

  /** A run has ended. */
  get ended(): ISignal<this, Run> {
    return this._ended;
  }

  /** Whether this was disposed. */
  get isDisposed(): boolean {
    return this._runs.isDisposed;
  }

  /** Stop watching. */
  dispose(): void {
    if (!this.isDisposed) {
      this._runs.dispose();
      Signal.clearData(this);
    }
  }

  private _onRuns(): void {
    const first = this._newest === null;
    const newest = this._newest ?? '';
    for (const run of this._runs.items) {
      if (isLive(run.state)) {
        this._live.add(run.id);
        continue;
      }
      const before = this._ends.get(run.id);
      const again = before !== undefined && before !== run.ended_at;
      this._ends.set(run.id, run.ended_at);
      const came = !first && run.id > newest;
      if (this._live.delete(run.id) || came || again) {
        this._ended.emit(run);
      }
    }
    this._newest = this._runs.items[0]?.id ?? newest;
  }

  private _ended = new Signal<this, Run>(this);
  private _ends = new Map<string, string | null>();
  private _live = new Set<string>();
  private _newest: string | null = null;
}
