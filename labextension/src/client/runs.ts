import { type ISignal, Signal } from '@lumino/signaling';

import type { Attempt, BlockRun, LogPage, Run, RunState } from '../contract';
import type { IPage, IPageQuery } from './page';
import { part } from './page';
import type { Transport } from './transport';

/** Runs over HTTP. */
export class RunsClient {
  /** @param transport - what carries the requests */
  constructor(transport: Transport) {
    this._transport = transport;
  }

  /** Emitted with each run that was started, or made to go on, from here. */
  get started(): ISignal<this, Run> {
    return this._started;
  }

  /** List runs, newest first, without their block runs. */
  list(query: RunsClient.IQuery = {}): Promise<IPage<Run>> {
    return this._transport.get('runs', { ...query });
  }

  /** Read a run with its block runs. */
  get(id: string): Promise<Run> {
    return this._transport.get(`runs/${part(id)}`);
  }

  /** Read the block runs of a run, or those of one block of it. */
  async blockRuns(id: string, block?: string): Promise<BlockRun[]> {
    const path = `runs/${part(id)}/block_runs`;
    return (await this._transport.get<IPage<BlockRun>>(path, { block })).items;
  }

  /** Read the tries of a run's blocks, or those of one of them, oldest first. */
  async attempts(id: string, block?: string): Promise<Attempt[]> {
    const path = `runs/${part(id)}/attempts`;
    return (await this._transport.get<IPage<Attempt>>(path, { block })).items;
  }

  /** Run a pipeline's files, all of them or a part. */
  async start(request: RunsClient.IStart): Promise<Run> {
    const run = await this._transport.post<Run>('runs', request);
    this._started.emit(run);
    return run;
  }

  /** Stop a run. */
  cancel(id: string): Promise<Run> {
    return this._transport.post(`runs/${part(id)}/cancel`);
  }

  /** Let the same run go on with what has not succeeded, with the run's own code or today's. */
  async retry(id: string, code: 'run' | 'current' = 'run'): Promise<Run> {
    const path = `runs/${part(id)}/retry`;
    const run = await this._transport.post<Run>(path, { code });
    this._started.emit(run);
    return run;
  }

  /** Read lines of a run's log. */
  log(id: string, query: RunsClient.ILogQuery = {}): Promise<LogPage> {
    return this._transport.get(`runs/${part(id)}/log`, { ...query });
  }

  /** Open the socket that sends a run's log as it is written. */
  tail(id: string, query: RunsClient.ILogQuery = {}): WebSocket {
    const url = this._transport.socketUrl(`runs/${part(id)}/log/tail`, {
      ...query
    });
    return new this._transport.serverSettings.WebSocket(url);
  }

  private _started = new Signal<this, Run>(this);
  private _transport: Transport;
}

/** A namespace for `RunsClient` statics. */
export namespace RunsClient {
  /** Which runs to list. */
  export interface IQuery extends IPageQuery {
    /** The project's id. */
    project?: string;

    /** The pipeline's name. */
    pipeline?: string;

    /** The state. */
    state?: RunState;

    /** The trigger's name. */
    trigger?: string;

    /** A part of the pipeline's name, or a run's number. */
    search?: string;
  }

  /** What to run; at most one of block, upto and from. */
  export interface IStart {
    /** The project's id. */
    project: string;

    /** The pipeline's name. */
    pipeline: string;

    /** Runtime variables; what is left out has its default. */
    variables?: { [name: string]: unknown };

    /** This block alone. */
    block?: string;

    /** This block and all above it. */
    upto?: string;

    /** This block and all below it. */
    from?: string;

    /** The run whose products the blocks above give; by default the current ones. */
    of?: string;
  }

  /** Which lines of a log to read. */
  export interface ILogQuery {
    /** One block's lines. */
    block?: string;

    /** Where to read on: the `next` of the page before. */
    after?: string | null;

    /** How many lines at most. */
    limit?: number;
  }
}
