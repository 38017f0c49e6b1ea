import type { MageClient, RunsClient } from '../client';
import type { Connection } from './connection';
import type { Events } from './events';
import type { PipelinesModel, RunsModel, TriggersModel } from './lists';
import type { ProjectsModel } from './projects';
import type { EngineModel, PipelineModel, RunModel } from './single';

/**
 * What all views of mage_jlab share. Models that are asked for belong to whoever asked, who
 * disposes them.
 */
export interface IMage {
  /** The server side. */
  readonly client: MageClient;

  /** Whether the server answers. */
  readonly connection: Connection;

  /** What changed, as the server pushes it. */
  readonly events: Events;

  /** The projects, and the one that the user looks at. */
  readonly projects: ProjectsModel;

  /** How the engine is. */
  readonly engine: EngineModel;

  /** Keep a project's pipelines up to date. */
  pipelines(project: string): PipelinesModel;

  /** Keep one pipeline up to date. */
  pipeline(project: string, name: string): PipelineModel;

  /** Keep a list of runs up to date. */
  runs(query: RunsClient.IQuery): RunsModel;

  /** Keep one run, with its block runs, up to date. */
  run(id: string): RunModel;

  /** Keep a project's triggers, or those of one pipeline, up to date. */
  triggers(project: string, pipeline?: string): TriggersModel;
}
