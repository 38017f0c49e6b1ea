import type { Event as JupyterEvent } from '@jupyterlab/services';
import { ServerConnection } from '@jupyterlab/services';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import { Stream } from '@lumino/signaling';

/** A request as the server would see it. */
export interface IRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  body: unknown;
}

type Answer = (request: IRequest) => unknown;

/** A status other than 200, with its JSON. */
export class Refusal {
  constructor(
    readonly status: number,
    readonly body: unknown
  ) {}
}

/** The server's end of the wire: answers requests and remembers them. */
export class Wire {
  readonly requests: IRequest[] = [];
  reachable = true;

  /** Answer a verb and path; the last answer given for it counts. */
  on(verb: string, answer: unknown): this {
    this._answers.set(
      verb,
      typeof answer === 'function' ? (answer as Answer) : () => answer
    );
    return this;
  }

  /** The bodies of the requests for a verb and path. */
  bodies(verb: string): unknown[] {
    return this.requests
      .filter(({ method, path }) => `${method} ${path}` === verb)
      .map(({ body }) => body);
  }

  readonly settings: ServerConnection.ISettings = ServerConnection.makeSettings(
    {
      baseUrl: 'http://server/hub/',
      wsUrl: 'ws://server/hub/',
      token: 'secret',
      appendToken: true,
      fetch: (input: RequestInfo | URL, init?: RequestInit) =>
        this._fetch(input as Request | string, init)
    }
  );

  private async _fetch(
    input: Request | string,
    init?: RequestInit
  ): Promise<Response> {
    if (!this.reachable) {
      throw new TypeError('Failed to fetch');
    }
    const request = input instanceof Request ? input : new Request(input, init);
    const url = new URL(request.url);
    const text = init?.body
      ? String(init.body as string)
      : await request.text();
    const query = Object.fromEntries(url.searchParams);
    const seen: IRequest = {
      method: request.method,
      path: decodeURI(url.pathname).replace('/hub/mage/', ''),
      query,
      body: text ? (JSON.parse(text) as unknown) : null
    };
    this.requests.push(seen);
    const answer = this._answers.get(`${seen.method} ${seen.path}`);
    const said = answer
      ? await answer(seen)
      : new Refusal(404, { message: 'There is none.', reason: 'not-found' });
    if (said instanceof Refusal) {
      return new Response(JSON.stringify(said.body), { status: said.status });
    }
    return said === undefined
      ? new Response(null, { status: 204 })
      : new Response(JSON.stringify(said), { status: 200 });
  }

  private _answers = new Map<string, Answer>();
}

/** The host's stream of Jupyter events, fed by the test. */
export class FakeEvents {
  readonly stream: JupyterEvent.Stream;

  constructor() {
    this._stream = new Stream<JupyterEvent.IManager, JupyterEvent.Emission>(
      this as unknown as JupyterEvent.IManager
    );
    this.stream = this._stream;
  }

  /** Push an event. */
  emit(event: ReadonlyJSONObject & { schema_id: string }): void {
    this._stream.emit(event);
  }

  private _stream: Stream<JupyterEvent.IManager, JupyterEvent.Emission>;
}

/** Wait until something holds; fails after two seconds. */
export async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 2000;
  while (!holds()) {
    if (Date.now() > end) {
      throw new Error(`It never held: ${holds.toString()}`);
    }
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}
