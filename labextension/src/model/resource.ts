import type { IObservableDisposable } from '@lumino/disposable';
import { Poll, Throttler } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { RequestError, sentence } from '../client';
import type { Event } from '../contract';
import type { Connection } from './connection';
import type { Events } from './events';

/** The longest pause between two tries while the server does not answer, in ms. */
const LONGEST_PAUSE = 30_000;

/** How many ms apart a burst of events makes a resource be read. */
const BURST = 200;

/**
 * Something on the server, kept up to date: read at once, again when an event concerns it, and at
 * a quiet pace anyhow. After a failure the last value stays, with the error beside it.
 */
export class Resource<T> implements IObservableDisposable {
  /** @param options - what to read, and when to read it again */
  constructor(options: Resource.IOptions<T>) {
    this._options = options;
    this._throttler = new Throttler(() => this.refresh(), {
      limit: BURST,
      edge: 'trailing'
    });
    const pace = options.pace ?? (() => Resource.CALM);
    this._pace = pace;
    this._poll = new Poll<void>({
      auto: options.auto ?? true,
      factory: () => this._read(),
      frequency: { interval: pace(null), backoff: true, max: LONGEST_PAUSE },
      name: `mage-jlab:${options.name}`,
      standby: 'when-hidden'
    });
    options.events.changed.connect(this._onEvent, this);
    options.connection.changed.connect(this._onConnection, this);
  }

  /** Emitted when the value or the error is another. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when this is disposed. */
  get disposed(): ISignal<this, void> {
    return this._disposed;
  }

  /** The value as it was read last; null before the first answer. */
  get value(): T | null {
    return this._value;
  }

  /** Why the last reading failed; null when it did not. */
  get error(): RequestError | null {
    return this._error;
  }

  /** When the value was read. */
  get readAt(): Date | null {
    return this._readAt;
  }

  /** Whether nothing has been answered yet. */
  get loading(): boolean {
    return this._value === null && this._error === null;
  }

  /** Whether this has been disposed. */
  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  /** Read again now; resolves when the answer is there, whatever it is. */
  async refresh(): Promise<void> {
    if (this.isDisposed) {
      return;
    }
    await this._poll.refresh();
    // A tick is rejected only when the poll is disposed meanwhile: then there is nothing to tell.
    await this._poll.tick.catch(() => undefined);
  }

  /** Stop reading. */
  dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this._poll.dispose();
    this._throttler.dispose();
    this._options.events.changed.disconnect(this._onEvent, this);
    this._options.connection.changed.disconnect(this._onConnection, this);
    this._disposed.emit();
    Signal.clearData(this);
  }

  /** Take a value that an action answered, without waiting for the next reading. */
  protected set(value: T): void {
    this._asked += 1;
    this._take(value, this._asked);
  }

  private async _read(): Promise<void> {
    this._asked += 1;
    const asked = this._asked;
    try {
      this._take(await this._options.read(), asked);
    } catch (error) {
      if (!this.isDisposed && asked > this._taken) {
        const before = this._error?.message;
        this._error = asError(error);
        if (this._error.message !== before) {
          this._changed.emit();
        }
      }
      throw error;
    }
  }

  private _take(value: T, asked: number): void {
    // An answer that was overtaken by a later one says less than what is known.
    if (this.isDisposed || asked <= this._taken) {
      return;
    }
    this._taken = asked;
    const text = JSON.stringify(value);
    const same = text === this._text && this._error === null;
    this._text = text;
    this._error = null;
    this._readAt = new Date();
    const interval = this._pace(value);
    if (interval !== this._poll.frequency.interval) {
      this._poll.frequency = { ...this._poll.frequency, interval };
    }
    if (!same) {
      this._value = value;
      this._changed.emit();
    }
  }

  private _onEvent(_: Events, event: Event | null): void {
    const concerns = this._options.concerns ?? (() => true);
    if (event === null || concerns(event)) {
      void this._throttler.invoke();
    }
  }

  private _onConnection(connection: Connection): void {
    if (connection.online) {
      void this._throttler.invoke();
    }
  }

  private _asked = 0;
  private _changed = new Signal<this, void>(this);
  private _disposed = new Signal<this, void>(this);
  private _error: RequestError | null = null;
  private _options: Resource.IOptions<T>;
  private _pace: (value: T | null) => number;
  private _poll: Poll<void>;
  private _readAt: Date | null = null;
  private _taken = 0;
  private _text = '';
  private _throttler: Throttler;
  private _value: T | null = null;
}

/** A namespace for `Resource` statics. */
export namespace Resource {
  /** The pace of reading while something goes on, in ms. */
  export const LIVE = 2_000;

  /** The pace of reading while nothing goes on, in ms. */
  export const CALM = 15_000;

  /** What every resource needs to stay up to date. */
  export interface ISources {
    /** Says what changed. */
    events: Events;

    /** Says whether the server answers. */
    connection: Connection;
  }

  /** What to read, and when to read it again. */
  export interface IOptions<T> extends ISources {
    /** The name, for the host's debugging. */
    name: string;

    /** Reads it. */
    read: () => Promise<T>;

    /** Whether an event concerns it; by default every event does. */
    concerns?: (event: Event) => boolean;

    /** How many ms to wait between two readings, given the last value; by default {@link CALM}. */
    pace?: (value: T | null) => number;

    /** Whether to read at once; by default true. */
    auto?: boolean;
  }
}

/** Make one class of whatever was thrown. */
function asError(error: unknown): RequestError {
  return error instanceof RequestError
    ? error
    : new RequestError(sentence(error), 'failed', 0);
}
