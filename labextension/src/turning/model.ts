import type { INotebookContent } from '@jupyterlab/nbformat';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { IDisposable } from '@lumino/disposable';
import { Debouncer } from '@lumino/polling';
import type { ISignal } from '@lumino/signaling';
import { Signal } from '@lumino/signaling';

import { RequestError, sentence } from '../client';
import type { Analysis, Diagnostic, TaggedCell } from '../contract';
import type { IMage, Workbench } from '../model';
import { cellsOf } from '../model';
import type { IWorkbenches } from '../tokens';
import type { IChange, ITurnCell } from './choices';
import { choicesOf, turnCell } from './choices';

/** How long changes must rest, in ms, before the outcome is worked out again. */
const REST = 200;

/** What the notebook would be, and the text that it was made from. */
export interface ITurned {
  /** The notebook as it was sent. */
  sent: INotebookContent;

  /** The notebook as it would be. */
  wanted: INotebookContent;

  /** The pipeline that it would be. */
  analysis: Analysis;
}

/**
 * The pipeline that an open notebook would become: guessed by the server side, changed by a
 * person, worked out again after each change. Nothing is written.
 */
export class TurningModel implements IDisposable {
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
    this._debouncer = new Debouncer(() => this._work(), REST);
    workbenches.added.connect(this._onAdded, this);
    this._follow();
  }

  /** Emitted when cells, outcome or error are others. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The notebook's panel; null when it is not open. */
  get panel(): NotebookPanel | null {
    return this._workbenches.find(this.path);
  }

  /** The notebook; null when it is not open. */
  get workbench(): Workbench | null {
    return this._workbench;
  }

  /** What the notebook would be; null before the first answer. */
  get turned(): ITurned | null {
    return this._turned;
  }

  /** Why the outcome could not be worked out. */
  get error(): RequestError | null {
    return this._error;
  }

  /** Whether an answer is waited for. */
  get working(): boolean {
    return this._working > 0;
  }

  /** Whether a person changed anything of the guess. */
  get isChanged(): boolean {
    return this._changes.size > 0;
  }

  /** The code cells, in the notebook's order. */
  get cells(): ITurnCell[] {
    const analysis = this._turned?.analysis;
    return this._plain().map(cell => ({
      ...cell,
      block: analysis?.blocks.find(one => one.cell_id === cell.id) ?? null,
      problems: (analysis?.diagnostics ?? []).filter(
        one => one.cell_id === cell.id
      )
    }));
  }

  /** The problems that would remain: errors and warnings. */
  get problems(): Diagnostic[] {
    const { diagnostics } = this._turned?.analysis ?? { diagnostics: [] };
    return diagnostics.filter(({ severity }) => severity !== 'info');
  }

  /** The cells that should be joined with another, and are not. */
  get suggestions(): ITurnCell[] {
    return this._plain().filter(cell => cell.merge !== null && !cell.joined);
  }

  /** Whether this has been disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Guess again what the cells are, and work out what they become. */
  async read(): Promise<void> {
    this._stale = true;
    await this._work();
  }

  /** Change what becomes of a cell. */
  change(cell: string, change: IChange): void {
    this._changes.set(cell, { ...this._changes.get(cell), ...change });
    if (change.role === 'parameters') {
      // There is one such cell: the one before becomes scratch.
      for (const other of this._plain()) {
        if (other.role === 'parameters' && other.id !== cell) {
          this._changes.set(other.id, {
            ...this._changes.get(other.id),
            role: null
          });
        }
      }
    }
    this._later();
  }

  /** Join all cells that only make sense together. */
  joinAll(): void {
    for (const { id } of this.suggestions) {
      this._changes.set(id, { ...this._changes.get(id), joined: true });
    }
    this._later();
  }

  /** Take back all that a person changed of the guess. */
  reset(): void {
    this._changes.clear();
    this._later();
  }

  /** Wait until the outcome fits the last change; give it, or null when there is none. */
  async settled(): Promise<ITurned | null> {
    await this._work();
    return this._error === null ? this._turned : null;
  }

  /** Stop following the notebook. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._debouncer.dispose();
    this._workbenches.added.disconnect(this._onAdded, this);
    this._workbench?.edited.disconnect(this._onEdited, this);
    Signal.clearData(this);
  }

  private _plain(guesses = this._guesses): ITurnCell[] {
    const model = this._workbench?.model;
    const known = new Map(guesses.map(guess => [guess.cell_id, guess]));
    return (model ? cellsOf(model) : []).flatMap((cell, index) => {
      const change = this._changes.get(cell.id) ?? {};
      const guess = known.get(cell.id) ?? null;
      return cell.type === 'code' && cell.sharedModel.getSource().trim()
        ? [turnCell(cell, index, guess, change)]
        : [];
    });
  }

  private _later(): void {
    this._changed.emit();
    // What is disposed meanwhile is not worked out any more.
    this._debouncer.invoke().catch(() => undefined);
  }

  private async _work(): Promise<void> {
    if (this._workbench === null || this._isDisposed) {
      return;
    }
    this._asked += 1;
    const asked = this._asked;
    this._working += 1;
    try {
      const answer = await this._ask(this._workbench);
      // An answer that was overtaken by a later change says less than the one to come.
      if (asked === this._asked) {
        this._stale = false;
        this._guesses = answer.guesses;
        this._turned = answer.turned;
        this._error = null;
      }
    } catch (error) {
      if (asked === this._asked) {
        this._error =
          error instanceof RequestError
            ? error
            : new RequestError(sentence(error), 'failed', 0);
      }
    }
    this._working -= 1;
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private async _ask(
    bench: Workbench
  ): Promise<{ guesses: TaggedCell[]; turned: ITurned }> {
    const { notebooks } = this._mage.client;
    const known = this._stale ? null : this._turned;
    const sent = known?.sent ?? bench.content();
    const guesses = known
      ? this._guesses
      : await notebooks.guess(this.path, sent);
    const choices = choicesOf(this._plain(guesses));
    const wanted = await notebooks.choose(this.path, sent, choices);
    const { analysis } = await notebooks.check(this.path, wanted);
    return { guesses, turned: { sent, wanted, analysis } };
  }

  private _follow(): void {
    const panel = this.panel;
    const bench = panel && this._workbenches.of(panel);
    if (bench && bench !== this._workbench) {
      this._workbench?.edited.disconnect(this._onEdited, this);
      this._workbench = bench;
      bench.edited.connect(this._onEdited, this);
      void this.read();
    }
  }

  private _onAdded(): void {
    this._follow();
  }

  private _onEdited(): void {
    this._stale = true;
    this._later();
  }

  private _asked = 0;
  private _changed = new Signal<this, void>(this);
  private _changes = new Map<string, IChange>();
  private _debouncer: Debouncer;
  private _error: RequestError | null = null;
  private _guesses: TaggedCell[] = [];
  private _isDisposed = false;
  private _mage: IMage;
  private _stale = true;
  private _turned: ITurned | null = null;
  private _workbench: Workbench | null = null;
  private _workbenches: IWorkbenches;
  private _working = 0;
}
