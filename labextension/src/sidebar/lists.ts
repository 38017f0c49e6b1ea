import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { PipelinesModel, RunsModel, TriggersModel } from '../model';
import type { IMage } from '../tokens';

/** How many runs the sidebar reads at once. */
const RUNS = 100;

/**
 * The three lists of the project that the user looks at; others when another is chosen.
 */
export class ProjectLists implements IDisposable {
  /**
   * Follow the project that is chosen.
   */
  constructor(private _mage: IMage) {
    _mage.projects.currentChanged.connect(this._onProject, this);
    this._onProject();
  }

  /** Something in a list, or the lists themselves, changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The pipelines; null while there is no project. */
  get pipelines(): PipelinesModel | null {
    return this._pipelines;
  }

  /** The triggers; null while there is no project. */
  get triggers(): TriggersModel | null {
    return this._triggers;
  }

  /** The runs; null while there is no project. */
  get runs(): RunsModel | null {
    return this._runs;
  }

  /** What is searched for. */
  get search(): string {
    return this._search;
  }

  /** Whether this was disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Ask the server for what fits a text; triggers are filtered by the view.
   */
  async find(text: string): Promise<void> {
    this._search = text;
    const search = text || undefined;
    const project = this._mage.projects.current?.id;
    await Promise.all([
      this._pipelines?.ask({ search }),
      this._runs?.ask({ project, search, limit: RUNS })
    ]);
    this._changed.emit();
  }

  /**
   * Read all three again.
   */
  async refresh(): Promise<void> {
    await Promise.all([
      this._pipelines?.refresh(),
      this._triggers?.refresh(),
      this._runs?.refresh()
    ]);
  }

  /** Stop reading. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._mage.projects.currentChanged.disconnect(this._onProject, this);
    this._drop();
    Signal.clearData(this);
  }

  private _onProject(): void {
    this._drop();
    this._search = '';
    const project = this._mage.projects.current;
    if (project) {
      this._pipelines = this._mage.pipelines(project.id);
      this._triggers = this._mage.triggers(project.id);
      this._runs = this._mage.runs({ project: project.id, limit: RUNS });
      this._pipelines.changed.connect(this._onList, this);
      this._triggers.changed.connect(this._onList, this);
      this._runs.changed.connect(this._onList, this);
    }
    this._changed.emit();
  }

  private _onList(): void {
    this._changed.emit();
  }

  private _drop(): void {
    this._pipelines?.dispose();
    this._triggers?.dispose();
    this._runs?.dispose();
    this._pipelines = null;
    this._triggers = null;
    this._runs = null;
  }

  private _changed = new Signal<this, void>(this);
  private _isDisposed = false;
  private _pipelines: PipelinesModel | null = null;
  private _runs: RunsModel | null = null;
  private _search = '';
  private _triggers: TriggersModel | null = null;
}
