import type { Project } from '../contract';
import type { IPage } from './page';
import { part } from './page';
import type { Transport } from './transport';

/** Projects over HTTP. */
export class ProjectsClient {
  /** @param transport - what carries the requests */
  constructor(transport: Transport) {
    this._transport = transport;
  }

  /** List the projects that the engine knows. */
  async list(): Promise<Project[]> {
    return (await this._transport.get<IPage<Project>>('projects')).items;
  }

  /** Read one project. */
  get(id: string): Promise<Project> {
    return this._transport.get<Project>(`projects/${part(id)}`);
  }

  /** Make a folder (relative to the server's root) known as a project, or make a project of it. */
  open(
    path: string,
    options: ProjectsClient.IOpenOptions = {}
  ): Promise<Project> {
    return this._transport.post<Project>('projects', { path, ...options });
  }

  private _transport: Transport;
}

/** A namespace for `ProjectsClient` statics. */
export namespace ProjectsClient {
  /** How a folder becomes a project. */
  export interface IOpenOptions {
    /** Whether to make a new project of the folder. */
    create?: boolean;

    /** The new project's name; by default the folder's. */
    name?: string;

    /** Whether the new project holds the demo pipeline. */
    demo?: boolean;
  }
}
