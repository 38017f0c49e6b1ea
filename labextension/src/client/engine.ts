import type { EngineStatus } from '../contract';
import type { Transport } from './transport';

/** The engine over HTTP. */
export class EngineClient {
  /** @param transport - what carries the requests */
  constructor(transport: Transport) {
    this._transport = transport;
  }

  /** Read how the engine is; asking never starts it. */
  status(): Promise<EngineStatus> {
    return this._transport.get('engine');
  }

  /** Start the engine, if none is up. */
  start(): Promise<EngineStatus> {
    return this._transport.post('engine/start');
  }

  /** Stop the engine; with `drain` only after the blocks that run now have ended. */
  stop(drain = false): Promise<EngineStatus> {
    return this._transport.post('engine/stop', { drain });
  }

  /** Read the last lines of the engine's own log. */
  async log(lines = 200): Promise<string[]> {
    return (
      await this._transport.get<{ lines: string[] }>('engine/log', { lines })
    ).lines;
  }

  private _transport: Transport;
}
