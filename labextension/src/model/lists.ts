import type { MageClient, PipelinesClient, RunsClient } from '../client';
import type { PipelineRow, Run, Trigger } from '../contract';
import { ListModel } from './list';
import { Resource } from './resource';
import { isLive } from './states';

/** A project's pipelines, each with its last runs. */
export class PipelinesModel extends ListModel<
  PipelineRow,
  PipelinesClient.IQuery
> {
  /**
   * @param client - the server side
   * @param project - the project's id
   * @param sources - what says that they changed
   */
  constructor(client: MageClient, project: string, sources: Resource.ISources) {
    super({
      ...sources,
      name: `pipelines of ${project}`,
      page: query => client.pipelines.list(project, query),
      query: {},
      concerns: event => event.project === null || event.project === project,
      pace: page =>
        page?.items.some(row => row.last_runs.some(run => isLive(run.state)))
          ? Resource.LIVE
          : Resource.CALM
    });
  }
}

/** Runs, newest first. */
export class RunsModel extends ListModel<Run, RunsClient.IQuery> {
  /**
   * @param client - the server side
   * @param query - which runs
   * @param sources - what says that they changed
   */
  constructor(
    client: MageClient,
    query: RunsClient.IQuery,
    sources: Resource.ISources
  ) {
    super({
      ...sources,
      name: `runs of ${query.pipeline ?? query.project ?? 'all projects'}`,
      page: asked => client.runs.list(asked),
      query,
      concerns: event =>
        event.run !== null &&
        (!query.project || event.project === query.project) &&
        (!query.pipeline || event.pipeline === query.pipeline),
      pace: page =>
        page?.items.some(run => isLive(run.state))
          ? Resource.LIVE
          : Resource.CALM
    });
  }
}

/** The triggers of a project, or those of one pipeline. */
export class TriggersModel extends Resource<Trigger[]> {
  /**
   * @param client - the server side
   * @param project - the project's id
   * @param sources - what says that they changed
   * @param pipeline - the pipeline, for its triggers alone
   */
  constructor(
    client: MageClient,
    project: string,
    sources: Resource.ISources,
    pipeline?: string
  ) {
    super({
      ...sources,
      name: `triggers of ${pipeline ?? project}`,
      read: () => client.triggers.list(project, pipeline),
      concerns: event => event.project === null || event.project === project
    });
  }
}
