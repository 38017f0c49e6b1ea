import type { MageClient } from '../client';
import type { EngineStatus, Pipeline, Run } from '../contract';
import { Resource } from './resource';
import { isLive } from './states';

/** The pace of reading a run that goes on, in ms: its blocks may be short. */
const RUN_PACE = 1_000;

/** One run with its block runs. */
export class RunModel extends Resource<Run> {
  /**
   * @param client - the server side
   * @param id - the run's id
   * @param sources - what says that it changed
   */
  constructor(
    client: MageClient,
    readonly id: string,
    sources: Resource.ISources
  ) {
    super({
      ...sources,
      name: `run ${id}`,
      read: () => client.runs.get(id),
      concerns: event => event.run === id,
      pace: run =>
        run === null || isLive(run.state) ? RUN_PACE : Resource.CALM
    });
    this._client = client;
  }

  /** Stop the run. */
  async cancel(): Promise<void> {
    this.set(await this._client.runs.cancel(this.id));
  }

  /** Let the run go on with what has not succeeded, with its own code or today's. */
  async retry(code: 'run' | 'current' = 'run'): Promise<void> {
    this.set(await this._client.runs.retry(this.id, code));
  }

  private _client: MageClient;
}

/** One pipeline as its files define it. */
export class PipelineModel extends Resource<Pipeline> {
  /**
   * @param client - the server side
   * @param project - the project's id
   * @param name - the pipeline's name
   * @param sources - what says that it changed
   */
  constructor(
    client: MageClient,
    readonly project: string,
    readonly name: string,
    sources: Resource.ISources
  ) {
    super({
      ...sources,
      name: `pipeline ${name}`,
      read: () => client.pipelines.get(project, name),
      concerns: event => event.pipeline === name && event.run === null
    });
  }
}

/** How the engine is. */
export class EngineModel extends Resource<EngineStatus> {
  /**
   * @param client - the server side
   * @param sources - what says that it changed
   */
  constructor(client: MageClient, sources: Resource.ISources) {
    super({
      ...sources,
      name: 'engine',
      read: () => client.engine.status(),
      pace: status => (status?.live_runs ? Resource.LIVE : Resource.CALM)
    });
    this._client = client;
  }

  /** Start the engine, if none is up. */
  async start(): Promise<void> {
    this.set(await this._client.engine.start());
  }

  private _client: MageClient;
}
