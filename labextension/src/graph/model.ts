import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { sentence } from '../client';
import type { Block, Pipeline, Product, Run } from '../contract';
import {
  type PipelineModel,
  RunHistory,
  type RunModel,
  type RunsModel,
  type TriggersModel
} from '../model';
import type { IMage } from '../tokens';
import { isOutput } from '../ui';

/** How many past runs the inspector shows. */
const PAST = 20;

/** What of a pipeline is run, and with what: all of it where nothing is said. */
export interface IPart {
  /** That block alone. */
  block?: string;
  /** That block and all above it. */
  upto?: string;
  /** That block and all below it. */
  from?: string;
  /** Runtime variables that differ from their defaults. */
  variables?: Record<string, unknown>;
}

/** A run that waits for a word, because the notebook is ahead of the files. */
export interface IHeld {
  /** How many files an export would write. */
  readonly files: number;
  /** What is to be run. */
  readonly part: IPart;
}

/**
 * What the pipeline view shows: the pipeline, its runs, the newest of them live, its triggers,
 * and of the selected block the code and the first rows of its product.
 */
export class PipelineState implements IDisposable {
  /**
   * Follow a pipeline.
   */
  constructor(
    private _mage: IMage,
    readonly project: string,
    readonly name: string
  ) {
    this.pipeline = _mage.pipeline(project, name);
    this.runs = _mage.runs({ project, pipeline: name });
    this.triggers = _mage.triggers(project, name);
    this.history = new RunHistory(_mage.client, this.runs, PAST);
    this.pipeline.changed.connect(this._onPipeline, this);
    this.runs.changed.connect(this._onRuns, this);
    this.triggers.changed.connect(this._tell, this);
    this.history.changed.connect(this._tell, this);
  }

  /** The pipeline as its files define it. */
  readonly pipeline: PipelineModel;
  /** Its runs, newest first. */
  readonly runs: RunsModel;
  /** Its last runs with their blocks. */
  readonly history: RunHistory;
  /** Its triggers. */
  readonly triggers: TriggersModel;

  /** Something that is shown changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The newest run with its block runs; null when it never ran. */
  get run(): Run | null {
    return this._run?.value ?? null;
  }

  /** The model of the newest run, to cancel or retry it. */
  get runModel(): RunModel | null {
    return this._run;
  }

  /** The name of the selected block. */
  get selected(): string | null {
    return this._selected;
  }

  /** The selected block with its code, once it was read. */
  get block(): Block | null {
    return this._block;
  }

  /** The product of the selected block with its first rows, once it was read. */
  get product(): Product | null {
    return this._product;
  }

  /** Why the last action did not work; null when it did. */
  get problem(): string | null {
    return this._problem;
  }

  /** Whether this was disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Select a block, or none.
   */
  select(name: string | null): void {
    if (name === this._selected) {
      return;
    }
    this._selected = name;
    this._block = null;
    this._product = null;
    this._shownProduct = null;
    this._changed.emit();
    void this._readBlock();
    void this._readProduct();
  }

  /** The run that waits for a word; null when none does. */
  get held(): IHeld | null {
    return this._held;
  }

  /** Whether a run is being started. */
  get starting(): boolean {
    return this._starting;
  }

  /**
   * Run the files, all of them or a part. Where the notebook is ahead of them the run is held
   * until a word is said: `anyhow` is that word.
   */
  async start(part: IPart = {}, anyhow = false): Promise<void> {
    this._starting = true;
    this._held = null;
    this._tell();
    const files = anyhow ? 0 : ((await this.attempt(() => this.behind())) ?? 0);
    if (files > 0) {
      this._held = { files, part };
    } else {
      await this.attempt(async () => {
        const run = await this._mage.client.runs.start({
          project: this.project,
          pipeline: this.name,
          ...part
        });
        this._follow(run.id);
        await this.runs.refresh();
      });
    }
    this._starting = false;
    this._tell();
  }

  /** Give up the run that is held. */
  release(): void {
    this._held = null;
    this._tell();
  }

  /**
   * The id of what a block gave in the newest run: a result rather than an output; null where it
   * gave nothing.
   */
  productOf(name: string | null): string | null {
    const run = this.run?.block_runs.find(one => one.block === name);
    const products = run?.products ?? [];
    return (products.find(one => !isOutput(one)) ?? products[0])?.id ?? null;
  }

  /**
   * How many files an export of the notebook would write; 0 where there is no notebook.
   */
  async behind(): Promise<number> {
    const path = await this.notebook();
    if (path === null) {
      return 0;
    }
    const outcome = await this._mage.client.notebooks.export({
      path,
      dry_run: true,
      diff: false
    });
    return outcome.written.length + outcome.conflicts.length;
  }

  /**
   * The path of the notebook below the server's root; null where the pipeline has none.
   */
  async notebook(): Promise<string | null> {
    const workbench = this.pipeline.value?.workbench;
    return workbench ? this.path(workbench) : null;
  }

  /**
   * The path of a file of the project below the server's root.
   */
  path(file: string): Promise<string> {
    return this._mage.projects.pathOf(this.project, file);
  }

  /**
   * Do something, and keep the sentence when it does not work.
   */
  async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      const value = await work();
      this.forget();
      return value;
    } catch (error) {
      this._problem = sentence(error);
      this._tell();
      return null;
    }
  }

  /** Forget the sentence of what did not work. */
  forget(): void {
    if (this._problem !== null) {
      this._problem = null;
      this._tell();
    }
  }

  /** Stop following. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this.history.dispose();
    this._run?.dispose();
    this.pipeline.dispose();
    this.runs.dispose();
    this.triggers.dispose();
    Signal.clearData(this);
  }

  private _onPipeline(): void {
    const blocks: Pipeline['blocks'] = this.pipeline.value?.blocks ?? [];
    if (!blocks.some(block => block.name === this._selected)) {
      this.select(blocks[0]?.name ?? null);
    } else {
      void this._readBlock();
    }
    this._tell();
  }

  private _onRuns(): void {
    const newest = this.runs.items[0];
    if (newest) {
      this._follow(newest.id);
    }
    this._tell();
  }

  private _follow(id: string): void {
    const newer = !this._run || id > this._run.id;
    if (newer) {
      this._run?.dispose();
      this._run = this._mage.run(id);
      this._run.changed.connect(this._onRun, this);
    }
  }

  private _onRun(): void {
    void this._readProduct();
    this._tell();
  }

  private _tell(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private async _readBlock(): Promise<void> {
    const name = this._selected;
    if (name === null) {
      return;
    }
    const block = await this.attempt(() =>
      this._mage.client.pipelines.block(this.project, this.name, name)
    );
    if (name === this._selected) {
      this._block = block;
      this._tell();
    }
  }

  private async _readProduct(): Promise<void> {
    const id = this.productOf(this._selected);
    if (id === this._shownProduct) {
      return;
    }
    this._shownProduct = id;
    const product =
      id === null
        ? null
        : await this.attempt(() => this._mage.client.products.get(id));
    if (id === this._shownProduct) {
      this._product = product;
      this._tell();
    }
  }

  private _block: Block | null = null;
  private _changed = new Signal<this, void>(this);
  private _held: IHeld | null = null;
  private _isDisposed = false;
  private _problem: string | null = null;
  private _product: Product | null = null;
  private _run: RunModel | null = null;
  private _selected: string | null = null;
  private _shownProduct: string | null = null;
  private _starting = false;
}
