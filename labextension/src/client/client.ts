import type { ServerConnection } from '@jupyterlab/services';

import { EngineClient } from './engine';
import { NotebooksClient } from './notebooks';
import { PipelinesClient } from './pipelines';
import { ProductsClient } from './products';
import { ProjectsClient } from './projects';
import { RunsClient } from './runs';
import { Transport } from './transport';
import { TriggersClient } from './triggers';

/** All that the browser asks of mage_jlab's server side, a room for each word. */
export class MageClient {
  /**
   * @param serverSettings - where the server is, and how to identify with it
   */
  constructor(serverSettings: ServerConnection.ISettings) {
    const transport = new Transport(serverSettings);
    this.transport = transport;
    this.projects = new ProjectsClient(transport);
    this.pipelines = new PipelinesClient(transport);
    this.runs = new RunsClient(transport);
    this.triggers = new TriggersClient(transport);
    this.products = new ProductsClient(transport);
    this.notebooks = new NotebooksClient(transport);
    this.engine = new EngineClient(transport);
  }

  /** What carries the requests. */
  readonly transport: Transport;

  /** Projects. */
  readonly projects: ProjectsClient;

  /** Pipelines and blocks. */
  readonly pipelines: PipelinesClient;

  /** Runs and their logs. */
  readonly runs: RunsClient;

  /** Triggers and schedules. */
  readonly triggers: TriggersClient;

  /** Data products. */
  readonly products: ProductsClient;

  /** Notebooks: analysis and export. */
  readonly notebooks: NotebooksClient;

  /** The engine. */
  readonly engine: EngineClient;
}
