import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { MageClient, ProjectsClient } from '../client';
import type { Project } from '../contract';
import { Resource } from './resource';

/** The projects that the engine knows, and the one that the user looks at. */
export class ProjectsModel extends Resource<Project[]> {
  /**
   * @param client - the server side
   * @param sources - what says that they changed
   */
  constructor(client: MageClient, sources: Resource.ISources) {
    super({
      ...sources,
      name: 'projects',
      read: () => client.projects.list(),
      concerns: event => event.kind.startsWith('project')
    });
    this._client = client;
    this.changed.connect(this._onChanged, this);
  }

  /** Emitted when the user looks at another project. */
  get currentChanged(): ISignal<this, void> {
    return this._currentChanged;
  }

  /** The project that the user looks at; null when there is none yet. */
  get current(): Project | null {
    return this._current;
  }

  /** Look at another project. */
  choose(project: Project | null): void {
    if (project?.id !== this._current?.id) {
      this._current = project;
      this._currentChanged.emit();
    }
  }

  /** Open a folder as a project, or make one of it, and look at it. */
  async open(
    path: string,
    options: ProjectsClient.IOpenOptions = {}
  ): Promise<Project> {
    const project = await this._client.projects.open(path, options);
    await this.refresh();
    this.choose(project);
    return project;
  }

  /** Give the path of a file of a project below the server's root. */
  async pathOf(id: string, file: string): Promise<string> {
    const known = this.value?.find(one => one.id === id);
    const project = known ?? (await this._client.projects.get(id));
    const folder = project.path === '.' ? '' : project.path;
    return folder ? `${folder}/${file}` : file;
  }

  private _onChanged(): void {
    const projects = this.value ?? [];
    const still = projects.some(project => project.id === this._current?.id);
    if (this._current === null && projects.length > 0) {
      this.choose(projects[0]);
    } else if (this._current !== null && !still && this.error === null) {
      this.choose(projects[0] ?? null);
    }
  }

  private _client: MageClient;
  private _current: Project | null = null;
  private _currentChanged = new Signal<this, void>(this);
}
