import type { ServiceManager } from '@jupyterlab/services';

import type { RunsClient } from '../client';
import { MageClient } from '../client';
import { Connection } from './connection';
import { Events } from './events';
import { PipelinesModel, RunsModel, TriggersModel } from './lists';
import { ProjectsModel } from './projects';
import type { Resource } from './resource';
import type { IMage } from './shared';
import { EngineModel, PipelineModel, RunModel } from './single';

/** What all views of mage_jlab share: the server side, and what is known of it. */
export class Mage implements IMage {
  /** @param services - the host's connections to the server */
  constructor(services: ServiceManager.IManager) {
    this.client = new MageClient(services.serverSettings);
    this.connection = new Connection(this.client);
    this.events = new Events(services.events);
    this._sources = { connection: this.connection, events: this.events };
    this.projects = new ProjectsModel(this.client, this._sources);
    this.engine = new EngineModel(this.client, this._sources);
  }

  /** {@inheritDoc IMage.client} */
  readonly client: MageClient;

  /** {@inheritDoc IMage.connection} */
  readonly connection: Connection;

  /** {@inheritDoc IMage.events} */
  readonly events: Events;

  /** {@inheritDoc IMage.projects} */
  readonly projects: ProjectsModel;

  /** {@inheritDoc IMage.engine} */
  readonly engine: EngineModel;

  /** {@inheritDoc IMage.pipelines} */
  pipelines(project: string): PipelinesModel {
    return new PipelinesModel(this.client, project, this._sources);
  }

  /** {@inheritDoc IMage.pipeline} */
  pipeline(project: string, name: string): PipelineModel {
    return new PipelineModel(this.client, project, name, this._sources);
  }

  /** {@inheritDoc IMage.runs} */
  runs(query: RunsClient.IQuery): RunsModel {
    return new RunsModel(this.client, query, this._sources);
  }

  /** {@inheritDoc IMage.run} */
  run(id: string): RunModel {
    return new RunModel(this.client, id, this._sources);
  }

  /** {@inheritDoc IMage.triggers} */
  triggers(project: string, pipeline?: string): TriggersModel {
    return new TriggersModel(this.client, project, this._sources, pipeline);
  }

  private _sources: Resource.ISources;
}
