import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { MageClient } from '../client';
import type { LogLine, LogPage } from '../contract';

/** How long to wait, in ms, before a lost socket is opened again. */
const PAUSE = 1_000;

/** How many lines one reading asks for. */
const PAGE = 500;

/**
 * A run's log, followed as it is written: by a socket, and by reading where no socket opens.
 */
export class LogModel implements IDisposable {
  /**
   * @param client - the server side
   * @param run - the run's id
   * @param block - one block, for its lines alone
   */
  constructor(
    client: MageClient,
    readonly run: string,
    readonly block?: string
  ) {
    this._client = client;
    this._follow();
  }

  /** Emitted with the lines that came, or with none when the log has ended. */
  get changed(): ISignal<this, LogLine[]> {
    return this._changed;
  }

  /** The lines so far. */
  get lines(): readonly LogLine[] {
    return this._lines;
  }

  /** Whether no more lines will come. */
  get ended(): boolean {
    return this._ended;
  }

  /** Whether the first answer is still awaited. */
  get loading(): boolean {
    return this._loading;
  }

  /** Whether this has been disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Stop following. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    this._socket?.close();
    Signal.clearData(this);
  }

  private _follow(): void {
    const query = { block: this.block, after: this._after };
    const socket = this._client.runs.tail(this.run, query);
    this._socket = socket;
    socket.onmessage = message => {
      this._take(JSON.parse(String(message.data)) as LogPage);
    };
    socket.onclose = () => {
      if (!this._isDisposed && !this._ended) {
        this._timer = window.setTimeout(
          () => void this._readThenFollow(),
          PAUSE
        );
      }
    };
  }

  private async _readThenFollow(): Promise<void> {
    try {
      const query = { block: this.block, after: this._after, limit: PAGE };
      this._take(await this._client.runs.log(this.run, query));
    } catch {
      // The connection's own banner tells of it; the next try comes after the same pause.
    }
    if (!this._isDisposed && !this._ended) {
      this._follow();
    }
  }

  private _take(page: LogPage): void {
    if (this._isDisposed) {
      return;
    }
    this._loading = false;
    this._lines.push(...page.lines);
    this._after = page.next ?? this._after;
    this._ended = page.ended;
    if (page.ended) {
      this._socket?.close();
    }
    this._changed.emit(page.lines);
  }

  private _after: string | null = null;
  private _changed = new Signal<this, LogLine[]>(this);
  private _client: MageClient;
  private _ended = false;
  private _isDisposed = false;
  private _lines: LogLine[] = [];
  private _loading = true;
  private _socket: WebSocket | null = null;
  private _timer = 0;
}
