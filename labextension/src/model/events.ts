import type { Event as JupyterEvent } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { Event } from '../contract';

/** The name of the schema under which the server side says what changed. */
export const CHANGED_SCHEMA = 'https://events.mage-jlab.org/changed/v1';

/**
 * What changed, as the server pushes it.
 *
 * Events are hints: a model reads again when one concerns it, and polls anyhow, since nobody
 * replays what was missed and who may not listen gets none.
 */
export class Events {
  /** @param manager - the host's stream of Jupyter events */
  constructor(manager: JupyterEvent.IManager) {
    this._manager = manager;
    manager.stream.connect(this._onEmission, this);
  }

  /** Emitted for each change; null when some were missed, so that all must be read again. */
  get changed(): ISignal<this, Event | null> {
    return this._changed;
  }

  /** Whether this has been disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Stop listening. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._manager.stream.disconnect(this._onEmission, this);
    Signal.clearData(this);
  }

  private _onEmission(_: unknown, emission: JupyterEvent.Emission): void {
    if (emission.schema_id !== CHANGED_SCHEMA) {
      return;
    }
    const event = emission as unknown as Event;
    const missed = this._seq !== null && event.seq > this._seq + 1;
    this._seq = Math.max(event.seq, this._seq ?? 0);
    if (missed) {
      this._changed.emit(null);
    }
    this._changed.emit(event);
  }

  private _changed = new Signal<this, Event | null>(this);
  private _isDisposed = false;
  private _manager: JupyterEvent.IManager;
  private _seq: number | null = null;
}
