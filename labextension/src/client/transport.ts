import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { RequestError } from './errors';

/** The root of mage_jlab's URLs, below the server's base URL. */
const ROOT = 'mage';

/** Carries requests to the server side, and tells whether the server answers. */
export class Transport {
  /**
   * @param serverSettings - where the server is, and how to identify with it
   */
  constructor(serverSettings: ServerConnection.ISettings) {
    this.serverSettings = serverSettings;
  }

  /** Where the server is, and how to identify with it. */
  readonly serverSettings: ServerConnection.ISettings;

  /** Emitted after each request: whether the server gave an answer, whatever it said. */
  get answered(): ISignal<this, boolean> {
    return this._answered;
  }

  /** Read a resource. */
  get<T>(path: string, query: Transport.Query = {}): Promise<T> {
    return this.send<T>('GET', path, query);
  }

  /** Create something, or ask for something to be done. */
  post<T>(path: string, body: object = {}): Promise<T> {
    return this.send<T>('POST', path, {}, body);
  }

  /** Replace a resource. */
  put<T>(path: string, body: object): Promise<T> {
    return this.send<T>('PUT', path, {}, body);
  }

  /** Change some fields of a resource. */
  patch<T>(path: string, body: object): Promise<T> {
    return this.send<T>('PATCH', path, {}, body);
  }

  /** Remove a resource. */
  async remove(path: string): Promise<void> {
    await this.send<null>('DELETE', path);
  }

  /** Give the address of a resource, for a navigation such as a download. */
  url(path: string, query: Transport.Query = {}): string {
    return URLExt.join(this.serverSettings.baseUrl, ROOT, path) + search(query);
  }

  /** Give the address of a WebSocket, with the token where the server wants it there. */
  socketUrl(path: string, query: Transport.Query = {}): string {
    const { appendToken, token, wsUrl } = this.serverSettings;
    const identified = appendToken && token ? { ...query, token } : query;
    return URLExt.join(wsUrl, ROOT, path) + search(identified);
  }

  /**
   * Send a request.
   *
   * @throws {@link RequestError} when there is no answer, or one with a status of 400 or more.
   */
  protected async send<T>(
    method: string,
    path: string,
    query: Transport.Query = {},
    body?: object
  ): Promise<T> {
    const init: RequestInit = { method };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { 'Content-Type': 'application/json' };
    }
    const settings = this.serverSettings;
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(
        this.url(path, query),
        init,
        settings
      );
    } catch (error) {
      this._answered.emit(false);
      throw new RequestError(String(error), 'no-connection', 0);
    }
    this._answered.emit(true);
    const answer = parse(await response.text());
    if (!response.ok) {
      throw refusal(response, answer);
    }
    return answer as T;
  }

  private _answered = new Signal<this, boolean>(this);
}

/** A namespace for `Transport` statics. */
export namespace Transport {
  /** The query of a request; what is undefined or null is left out. */
  export type Query = {
    [key: string]: string | number | boolean | null | undefined;
  };
}

/** Write a query, with its question mark; empty when nothing is asked. */
function search(query: Transport.Query): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '') {
      parameters.set(key, String(value));
    }
  }
  const text = parameters.toString();
  return text ? `?${text}` : '';
}

/** Read an answer's text as JSON; null where it is none (an empty answer, a proxy's page). */
function parse(text: string): unknown {
  try {
    return text ? (JSON.parse(text) as unknown) : null;
  } catch {
    return null;
  }
}

/** Turn an answer that says no into an error. */
function refusal(response: Response, answer: unknown): RequestError {
  const said = (answer ?? {}) as { message?: string; reason?: string };
  const message = said.message || `${response.status} ${response.statusText}`;
  return new RequestError(
    message,
    said.reason || 'refused',
    response.status,
    answer
  );
}
