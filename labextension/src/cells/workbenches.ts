import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { LastRun, Workbench } from '../model';
import type { IMage, IWorkbenches } from '../tokens';

/** The open notebooks, each with its analysis. */
export class Workbenches implements IWorkbenches {
  /**
   * @param tracker - the host's open notebooks
   * @param mage - who analyses them, and knows their runs
   * @param localPath - takes the drive's name off a path
   */
  constructor(
    tracker: INotebookTracker,
    mage: IMage,
    localPath: (path: string) => string
  ) {
    this._mage = mage;
    this._localPath = localPath;
    this._tracker = tracker;
    tracker.forEach(panel => this._add(panel));
    tracker.widgetAdded.connect((_, panel) => this._add(panel), this);
    tracker.currentChanged.connect(this._onCurrent, this);
  }

  /** {@inheritDoc IWorkbenches.added} */
  get added(): ISignal<this, NotebookPanel> {
    return this._added;
  }

  /** {@inheritDoc IWorkbenches.currentChanged} */
  get currentChanged(): ISignal<this, void> {
    return this._currentChanged;
  }

  /** {@inheritDoc IWorkbenches.panel} */
  get panel(): NotebookPanel | null {
    return this._tracker.currentWidget;
  }

  /** {@inheritDoc IWorkbenches.current} */
  get current(): Workbench | null {
    return this.panel && this.of(this.panel);
  }

  /** {@inheritDoc IWorkbenches.of} */
  of(panel: NotebookPanel): Workbench | null {
    return this._workbenches.get(panel) ?? null;
  }

  /** {@inheritDoc IWorkbenches.find} */
  find(path: string): NotebookPanel | null {
    const found = [...this._workbenches].find(
      ([, bench]) => bench.path === path
    );
    return found?.[0] ?? null;
  }

  private _add(panel: NotebookPanel): void {
    void panel.context.ready.then(() => {
      const model = panel.content.model;
      if (panel.isDisposed || model === null || this._workbenches.has(panel)) {
        return;
      }
      const workbench = new Workbench({
        model,
        client: this._mage.client.notebooks,
        last: new LastRun(this._mage),
        path: () => this._localPath(panel.context.path)
      });
      this._workbenches.set(panel, workbench);
      panel.disposed.connect(this._onDisposed, this);
      this._added.emit(panel);
      if (panel === this.panel) {
        this._currentChanged.emit();
      }
    });
  }

  private _onCurrent(): void {
    this._currentChanged.emit();
    // What lies on disk may have changed while another notebook was looked at.
    void this.current?.check();
  }

  private _onDisposed(panel: NotebookPanel): void {
    this._workbenches.get(panel)?.dispose();
    this._workbenches.delete(panel);
  }

  private _added = new Signal<this, NotebookPanel>(this);
  private _currentChanged = new Signal<this, void>(this);
  private _localPath: (path: string) => string;
  private _mage: IMage;
  private _tracker: INotebookTracker;
  private _workbenches = new Map<NotebookPanel, Workbench>();
}
