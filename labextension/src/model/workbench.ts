import type { ICellModel } from '@jupyterlab/cells';
import type { INotebookContent, INotebookMetadata } from '@jupyterlab/nbformat';
import type { INotebookModel } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { RequestError, sentence } from '../client';
import type { NotebooksClient } from '../client';
import type {
  AnalysedBlock,
  Analysis,
  Diagnostic,
  Project,
  Severity
} from '../contract';
import type { LastRun } from './lastrun';
import { blockTypeOf, isParameters, tagsOf } from './tags';

/** How long typing must rest, in ms, before the notebook is analysed. */
const REST = 250;

/** An open notebook as a pipeline: its analysis follows what is written, saved or not. */
export class Workbench implements IDisposable {
  /** @param options - the notebook, and who analyses it */
  constructor(options: Workbench.IOptions) {
    this._client = options.client;
    this._path = options.path;
    this.last = options.last;
    this.model = options.model;
    this._debouncer = new Debouncer(() => this.check(), REST);
    this.model.contentChanged.connect(this._onContentChanged, this);
    this.model.metadataChanged.connect(this._onContentChanged, this);
    this._onContentChanged();
  }

  /** The notebook. */
  readonly model: INotebookModel;

  /** The last run of the notebook's pipeline. */
  readonly last: LastRun;

  /** Emitted when the tags, the analysis or the error are others. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when texts, tags or names are others than they were; outputs are none of these. */
  get edited(): ISignal<this, void> {
    return this._edited;
  }

  /** The notebook's path, relative to the server's root. */
  get path(): string {
    return this._path();
  }

  /** The last analysis; null when there is none, or nothing is tagged. */
  get analysis(): Analysis | null {
    return this._analysis;
  }

  /** The project that the notebook lies in; null when none is known. */
  get project(): Project | null {
    return this._project;
  }

  /** Why the last analysis could not be made. */
  get error(): RequestError | null {
    return this._error;
  }

  /** Whether any cell is a block, or the notebook was exported before. */
  get isPipeline(): boolean {
    return (
      this.model.getMetadata('mage') !== undefined ||
      cellsOf(this.model).some(cell => blockTypeOf(cell) !== null)
    );
  }

  /** Whether this has been disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Find the block that a cell is. */
  block(cell: string): AnalysedBlock | null {
    return this._analysis?.blocks.find(b => b.cell_id === cell) ?? null;
  }

  /** Find the cell with an id. */
  cell(id: string): ICellModel | null {
    return cellsOf(this.model).find(cell => cell.id === id) ?? null;
  }

  /** Give the diagnostics of a cell, or all of them, of one weight or of any. */
  diagnostics(cell?: string, severity?: Severity): Diagnostic[] {
    return (this._analysis?.diagnostics ?? []).filter(
      diagnostic =>
        (cell === undefined || diagnostic.cell_id === cell) &&
        (severity === undefined || diagnostic.severity === severity)
    );
  }

  /** Give the notebook as it stands now, without its outputs, which no analysis reads. */
  content(): INotebookContent {
    const { model } = this;
    return {
      cells: cellsOf(model).map(cell => ({
        ...(cell.type === 'code' ? { outputs: [], execution_count: null } : {}),
        cell_type: cell.type,
        id: cell.id,
        metadata: cell.metadata,
        source: cell.sharedModel.getSource()
      })),
      metadata: knownMetadata(model),
      nbformat: model.nbformat,
      nbformat_minor: model.nbformatMinor
    };
  }

  /** Analyse the notebook now. */
  async check(): Promise<void> {
    if (this._isDisposed || !this.isPipeline) {
      this._take(null, null, null);
      return;
    }
    this._asked += 1;
    const asked = this._asked;
    try {
      const checked = await this._client.check(this.path, this.content());
      if (asked === this._asked) {
        this._take(checked.analysis, checked.project, null);
      }
    } catch (error) {
      if (asked === this._asked) {
        const known =
          error instanceof RequestError
            ? error
            : new RequestError(sentence(error), 'failed', 0);
        this._take(this._analysis, this._project, known);
      }
    }
  }

  /** Stop following the notebook. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._debouncer.dispose();
    this.last.dispose();
    this.model.contentChanged.disconnect(this._onContentChanged, this);
    this.model.metadataChanged.disconnect(this._onContentChanged, this);
    Signal.clearData(this);
  }

  private _take(
    analysis: Analysis | null,
    project: Project | null,
    error: RequestError | null
  ): void {
    if (this._isDisposed) {
      return;
    }
    this._analysis = analysis;
    this._project = project;
    this._error = error;
    this.last.follow(project?.id ?? null, analysis?.pipeline ?? null);
    this._changed.emit();
  }

  private _onContentChanged(): void {
    // Outputs change the content too, and no analysis reads them.
    const written = JSON.stringify([
      knownMetadata(this.model),
      cellsOf(this.model).map(cell => [
        cell.id,
        cell.type,
        tagsOf(cell),
        cell.getMetadata('mage') as unknown,
        cell.sharedModel.getSource()
      ])
    ]);
    if (written === this._written) {
      return;
    }
    this._written = written;
    this._edited.emit();
    const tags = JSON.stringify(
      cellsOf(this.model).map(cell => [
        cell.id,
        blockTypeOf(cell),
        isParameters(cell)
      ])
    );
    if (tags !== this._tags) {
      this._tags = tags;
      this._changed.emit();
    }
    if (this.isPipeline || this._analysis !== null) {
      // What is disposed meanwhile is not analysed any more.
      this._debouncer.invoke().catch(() => undefined);
    }
  }

  private _analysis: Analysis | null = null;
  private _asked = 0;
  private _changed = new Signal<this, void>(this);
  private _client: NotebooksClient;
  private _debouncer: Debouncer;
  private _edited = new Signal<this, void>(this);
  private _error: RequestError | null = null;
  private _isDisposed = false;
  private _path: () => string;
  private _project: Project | null = null;
  private _tags = '';
  private _written = '';
}

/** A namespace for `Workbench` statics. */
export namespace Workbench {
  /** The notebook, and who analyses it. */
  export interface IOptions {
    /** The notebook. */
    model: INotebookModel;

    /** Gives the notebook's path, which a rename changes. */
    path: () => string;

    /** Who analyses it. */
    client: NotebooksClient;

    /** Follows the runs of its pipeline; the workbench disposes it. */
    last: LastRun;
  }
}

/** List a notebook's cells. */
export function cellsOf(model: INotebookModel): ICellModel[] {
  return Array.from(model.cells);
}

/**
 * Give a notebook's metadata without the kernel and language that the host leaves empty until a
 * kernel has started: nothing is known of them yet.
 */
function knownMetadata(model: INotebookModel): INotebookMetadata {
  const metadata = { ...model.metadata };
  if (!metadata.kernelspec?.name) {
    delete metadata.kernelspec;
  }
  if (!metadata.language_info?.name) {
    delete metadata.language_info;
  }
  return metadata;
}
