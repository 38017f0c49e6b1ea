import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { MageClient } from '../client';

/** Whether the server answers; views show the banner and disable what writes while it does not. */
export class Connection {
  /** @param client - whose requests are watched */
  constructor(client: MageClient) {
    this._client = client;
    client.transport.answered.connect(this._onAnswered, this);
  }

  /** Emitted when the connection is lost or found again. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether the last request was answered. */
  get online(): boolean {
    return this._online;
  }

  /** When the server answered last: what is shown is true as of then. */
  get lastAnswer(): Date | null {
    return this._lastAnswer;
  }

  /** Whether this has been disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Ask the server at once, whatever the pace of the polls. */
  async tryNow(): Promise<boolean> {
    try {
      await this._client.engine.status();
    } catch {
      // What matters is whether there was an answer, and `answered` has said it.
    }
    return this._online;
  }

  /** Stop watching. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._client.transport.answered.disconnect(this._onAnswered, this);
    Signal.clearData(this);
  }

  private _onAnswered(_: unknown, answered: boolean): void {
    if (answered) {
      this._lastAnswer = new Date();
    }
    if (answered !== this._online) {
      this._online = answered;
      this._changed.emit();
    }
  }

  private _changed = new Signal<this, void>(this);
  private _client: MageClient;
  private _isDisposed = false;
  private _lastAnswer: Date | null = null;
  private _online = true;
}
