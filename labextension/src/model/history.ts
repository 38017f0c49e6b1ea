import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { MageClient } from '../client';
import type { Run } from '../contract';
import type { RunsModel } from './lists';
import { isLive } from './states';

/** How many runs are read at the same time. */
const AT_ONCE = 4;

/**
 * The last runs of a pipeline with their block runs; one that has ended is read once.
 */
export class RunHistory implements IDisposable {
  /**
   * @param client - the server side
   * @param list - the runs of the pipeline, which stays its owner's
   * @param limit - how many runs to keep, the newest ones
   */
  constructor(client: MageClient, list: RunsModel, limit: number) {
    this._client = client;
    this._list = list;
    this._limit = limit;
    list.changed.connect(this._onList, this);
    this._onList();
  }

  /** Emitted when a run was added, or became another. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The runs that were read, oldest first. */
  get runs(): readonly Run[] {
    return this._wanted()
      .map(run => this._known.get(run.id) ?? run)
      .reverse();
  }

  /** Whether this has been disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Stop reading. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._list.changed.disconnect(this._onList, this);
    Signal.clearData(this);
  }

  private _wanted(): Run[] {
    return this._list.items.slice(0, this._limit);
  }

  private _onList(): void {
    void this._readMissing();
    this._changed.emit();
  }

  private async _readMissing(): Promise<void> {
    if (this._reading) {
      this._again = true;
      return;
    }
    this._reading = true;
    try {
      do {
        this._again = false;
        const missing = this._wanted().filter(run => !this._isRead(run));
        for (let start = 0; start < missing.length; start += AT_ONCE) {
          const some = missing.slice(start, start + AT_ONCE);
          const runs = await Promise.all(
            some.map(run => this._client.runs.get(run.id))
          );
          runs.forEach(run => this._known.set(run.id, run));
          if (!this._isDisposed) {
            this._changed.emit();
          }
        }
      } while (this._again && !this._isDisposed);
    } catch {
      // The list's own error tells of it; its next change tries again.
    } finally {
      this._reading = false;
    }
  }

  private _isRead(run: Run): boolean {
    const known = this._known.get(run.id);
    return (
      known !== undefined &&
      known.state === run.state &&
      known.ended_at === run.ended_at &&
      !isLive(run.state)
    );
  }

  private _again = false;
  private _changed = new Signal<this, void>(this);
  private _client: MageClient;
  private _isDisposed = false;
  private _known = new Map<string, Run>();
  private _limit: number;
  private _list: RunsModel;
  private _reading = false;
}
