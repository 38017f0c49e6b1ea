import { PathExt } from '@jupyterlab/coreutils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import type { Workbench } from '../model';
import type { NotebooksClient } from '../client';
import { RequestError, sentence } from '../client';
import type {
  Diagnostic,
  FileChange,
  Project,
  Run,
  Trigger
} from '../contract';
import type { IMage, IWorkbenches } from '../tokens';
import { lastRuns, timeToCompute } from './cost';

/** Where an export stands. */
export type ExportStage =
  'reading' | 'homeless' | 'ready' | 'writing' | 'written' | 'failed';

/**
 * One notebook's export: what it would do, then that it did it.
 *
 * An open notebook is read and changed through its live model, so that unsaved text counts and
 * nobody's edits are lost; one that is not open is read from disk by the server side.
 */
export class ExportModel implements IDisposable {
  /**
   * @param mage - what is known of the server side
   * @param workbenches - the open notebooks
   * @param path - the notebook, relative to the server's root
   */
  constructor(
    mage: IMage,
    workbenches: IWorkbenches,
    readonly path: string
  ) {
    this._mage = mage;
    this._workbenches = workbenches;
    this._follow();
  }

  /** Emitted when the stage, the outcome or the error is another. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Where the export stands. */
  get stage(): ExportStage {
    return this._stage;
  }

  /** What would be done, or was done. */
  get outcome(): NotebooksClient.IExported | null {
    return this._outcome;
  }

  /** Why nothing could be read or written. */
  get error(): RequestError | null {
    return this._error;
  }

  /** The project that the notebook lies in. */
  get project(): Project | null {
    return this._outcome?.project ?? null;
  }

  /** The pipeline's triggers, which run what is exported. */
  get triggers(): Trigger[] {
    return this._triggers;
  }

  /** The files that would change, those that stay last; among equals the blocks' files first. */
  get changes(): FileChange[] {
    const order = ['changed', 'new', 'removed', 'same'];
    const weight = ({ after, cell_id: cell, kind }: FileChange): number =>
      order.indexOf(kind) * 3 + (cell ? 0 : after === '' ? 2 : 1);
    const { changes, unchanged } = this._outcome ?? empty;
    const listed = new Set(changes.map(change => change.path));
    const same = unchanged.filter(path => !listed.has(path)).map(asItIs);
    return [...changes, ...same].sort((a, b) => weight(a) - weight(b));
  }

  /** Whether this export makes the pipeline. */
  get isFirst(): boolean {
    const file = `pipelines/${this._outcome?.pipeline}/metadata.yaml`;
    return this.changes.some(
      ({ path, kind }) => path === file && kind === 'new'
    );
  }

  /** How many blocks the pipeline has. */
  get blocks(): number {
    return this._workbench?.analysis?.blocks.length ?? 0;
  }

  /** How many files would be written or removed. */
  get count(): number {
    return this.changes.filter(change => change.kind !== 'same').length;
  }

  /** The problems that stop the export. */
  get problems(): Diagnostic[] {
    return (this._outcome?.diagnostics ?? []).filter(
      diagnostic => diagnostic.severity === 'error'
    );
  }

  /** The blocks that a run would compute again: those that change, and all below them. */
  get stale(): { changed: string[]; all: string[] } {
    const analysis = this._workbench?.analysis;
    const cells = new Set(
      this.changes
        .filter(({ kind, cell_id: cell }) => kind !== 'same' && cell)
        .map(change => change.cell_id)
    );
    const blocks = analysis?.blocks ?? [];
    const changed = blocks
      .filter(block => cells.has(block.cell_id))
      .map(block => block.name);
    const all = new Set(changed);
    for (const block of blocks) {
      if (block.upstream.some(name => all.has(name))) {
        all.add(block.name);
      }
    }
    return { changed, all: [...all] };
  }

  /** How long it takes to compute what becomes stale, by the last runs, in ms; null when no run tells. */
  get again(): number | null {
    const blocks = this._workbench?.analysis?.blocks ?? [];
    return timeToCompute(this.stale.all, blocks, this._runs);
  }

  /** The other pipelines whose blocks this export changes, each with those blocks' files. */
  get others(): { pipeline: string; files: string[] }[] {
    const changed = this.changes.filter(({ kind }) => kind !== 'same');
    const names = new Set(changed.flatMap(change => change.used_by));
    return [...names].map(pipeline => ({
      pipeline,
      files: changed
        .filter(change => change.used_by.includes(pipeline))
        .map(change => change.path)
    }));
  }

  /** The cell whose file is shown first; null shows the first change. */
  focus: string | null = null;

  /** Whether this has been disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Find out what an export would do now. */
  async read(): Promise<void> {
    if (this._outcome === null) {
      this._set('reading');
    }
    try {
      const { notebooks } = this._mage.client;
      const notebook = this._workbench?.content();
      const checked = await notebooks.check(this.path, notebook);
      if (checked.project === null) {
        this._set('homeless');
        return;
      }
      const outcome = await notebooks.export({
        path: this.path,
        notebook,
        dry_run: true,
        diff: true
      });
      const differs = outcome.changes.some(({ kind }) => kind !== 'same');
      if (this._stage === 'written' && !differs) {
        return;
      }
      this._outcome = outcome;
      this._set('ready');
      if (!this.isFirst) {
        await this._readMore(checked.project, outcome.pipeline);
      }
    } catch (error) {
      this._fail(error);
    }
  }

  /** Make a project of the notebook's folder (of the one above, when that is called notebooks). */
  async makeProject(): Promise<void> {
    try {
      await this._mage.projects.open(homeOf(this.path) || '.', {
        create: true
      });
      await this._workbench?.check();
      await this.read();
    } catch (error) {
      this._fail(error);
    }
  }

  /**
   * Write the files that were shown.
   *
   * The first export writes the notebook's `mage` key; the notebook is saved, so that files and
   * notebook say the same.
   *
   * @returns whether it was written
   */
  async write(): Promise<boolean> {
    const shown = this._outcome;
    if (shown === null || this._stage !== 'ready') {
      return false;
    }
    this._set('writing');
    try {
      this._outcome = await this._mage.client.notebooks.export({
        path: this.path,
        notebook: this._workbench?.content(),
        dry_run: false,
        diff: true,
        expected: shown.fingerprint
      });
      if (this.problems.length > 0 || this._outcome.conflicts.length > 0) {
        this._set('ready');
        return false;
      }
      await this._settle(this._outcome);
      await this._workbench?.check();
      this._set('written');
      return true;
    } catch (error) {
      this._fail(error);
      return false;
    }
  }

  /** Stop following the notebook. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._workbench?.changed.disconnect(this._onWorkbench, this);
    Signal.clearData(this);
  }

  private get _panel(): NotebookPanel | null {
    return this._workbenches.find(this.path);
  }

  private get _workbench(): Workbench | null {
    const panel = this._panel;
    return panel && this._workbenches.of(panel);
  }

  private _follow(): void {
    this._workbench?.changed.connect(this._onWorkbench, this);
  }

  private _onWorkbench(): void {
    if (this._stage === 'ready' || this._stage === 'written') {
      void this.read();
    }
  }

  /** Write the notebook's key where it is missing, through the live model, and save. */
  private async _settle(outcome: NotebooksClient.IExported): Promise<void> {
    const panel = this._panel;
    const model = this._workbench?.model;
    if (!panel || !model || !outcome.project) {
      return;
    }
    if (model.getMetadata('mage') === undefined) {
      model.setMetadata('mage', {
        pipeline: outcome.pipeline,
        project: wayTo(outcome.project.path, this.path)
      });
    }
    if (model.dirty) {
      await panel.context.save();
    }
  }

  /** Read the triggers and the last runs: the preview is of use without them. */
  private async _readMore(project: Project, pipeline: string): Promise<void> {
    try {
      const { runs, triggers } = this._mage.client;
      this._triggers = await triggers.list(project.id, pipeline);
      this._runs = await lastRuns(runs, project.id, pipeline);
    } catch {
      // The pipeline went meanwhile, or the server did: its banner tells of it.
      this._triggers = [];
      this._runs = [];
    }
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _set(stage: ExportStage): void {
    if (!this._isDisposed) {
      this._stage = stage;
      this._error = null;
      this._changed.emit();
    }
  }

  private _fail(error: unknown): void {
    this._set('failed');
    this._error =
      error instanceof RequestError
        ? error
        : new RequestError(sentence(error), 'failed', 0);
    this._changed.emit();
  }

  private _changed = new Signal<this, void>(this);
  private _error: RequestError | null = null;
  private _isDisposed = false;
  private _mage: IMage;
  private _outcome: NotebooksClient.IExported | null = null;
  private _runs: Run[] = [];
  private _stage: ExportStage = 'reading';
  private _triggers: Trigger[] = [];
  private _workbenches: IWorkbenches;
}

const empty = { changes: [] as FileChange[], unchanged: [] as string[] };

/** A file that stays, of which only the path is known. */
function asItIs(path: string): FileChange {
  return {
    path,
    kind: 'same',
    before: null,
    after: null,
    diff: '',
    cell_id: null,
    used_by: []
  };
}

/** Give the folder that becomes a project for a notebook that lies in none. */
export function homeOf(path: string): string {
  const folder = PathExt.dirname(path);
  return PathExt.basename(folder) === 'notebooks'
    ? PathExt.dirname(folder)
    : folder;
}

/** Give the way from a notebook's folder to its project, as the notebook's key records it. */
export function wayTo(project: string, notebook: string): string {
  return PathExt.relative(PathExt.dirname(notebook), project) || '.';
}
