import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { sentence } from '../client';
import type { Attempt, Block, Pipeline, Run } from '../contract';
import {
  LogModel,
  type PipelineModel,
  RunHistory,
  type RunModel,
  type RunsModel
} from '../model';
import type { IMage } from '../tokens';
import { ended } from '../ui';
import { Displayed } from './displayed';

/** How many past runs the grid shows. */
export const GRID = 30;

/**
 * What the run view shows: a run live, its log, the last runs of its pipeline, the chosen block,
 * and the code of that block where it failed.
 */
export class RunState implements IDisposable {
  /**
   * Follow a run.
   */
  constructor(
    private _mage: IMage,
    id: string
  ) {
    this.displayed = new Displayed(_mage.client.products);
    this._run = this._open(id);
    this._log = new LogModel(_mage.client, id);
  }

  /** What its blocks displayed. */
  readonly displayed: Displayed;

  /** Something that is shown changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The run, once it was read. */
  get run(): Run | null {
    return this._run.value;
  }

  /** The model of the run. */
  get model(): RunModel {
    return this._run;
  }

  /** Its log. */
  get log(): LogModel {
    return this._log;
  }

  /** The pipeline as its files define it now. */
  get pipeline(): Pipeline | null {
    return this._pipeline?.value ?? null;
  }

  /** The last runs of the pipeline, oldest first. */
  get past(): readonly Run[] {
    return this._history?.runs ?? [];
  }

  /**
   * The chosen block: the one that the user picked, else the one that failed, else the first that
   * runs, else none.
   */
  get block(): string | null {
    const run = this.run;
    if (this._picked !== null || !run) {
      return this._picked;
    }
    const find = (state: string): string | undefined =>
      run.block_runs.find(one => one.state === state)?.block;
    return run.failed_block ?? find('failed') ?? find('running') ?? null;
  }

  /** The attempts of the run's blocks, where one was tried more than once. */
  get attempts(): readonly Attempt[] {
    return this._attempts;
  }

  /** Whether the user picked the chosen block. */
  get picked(): boolean {
    return this._picked !== null;
  }

  /** The file of the chosen block, where it failed. */
  get code(): Block | null {
    return this._code;
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
   * Choose a block, or leave it to the run again.
   */
  pick(block: string | null): void {
    if (block !== this._picked) {
      this._picked = block;
      void this._readCode();
      this._tell();
    }
  }

  /**
   * Show another run of the pipeline.
   */
  show(id: string): void {
    if (id === this._run.id) {
      return;
    }
    this._run.dispose();
    this._log.dispose();
    this._picked = null;
    this._codeOf = '';
    this._code = null;
    this._attemptsOf = '';
    this._attempts = [];
    this._run = this._open(id);
    this._log = new LogModel(this._mage.client, id);
    this._tell();
  }

  /** Stop the run. */
  async cancel(): Promise<void> {
    await this.attempt(() => this._run.cancel());
  }

  /**
   * Let the run go on with what has not succeeded; its log goes on too.
   */
  async retry(code: 'run' | 'current'): Promise<void> {
    await this.attempt(async () => {
      await this._run.retry(code);
      this._picked = null;
      this._log.dispose();
      this._log = new LogModel(this._mage.client, this._run.id);
    });
    this._tell();
  }

  /**
   * Run the pipeline again from the start, with the same variables.
   */
  async again(): Promise<Run | null> {
    const run = this.run;
    return run
      ? this.attempt(() =>
          this._mage.client.runs.start({
            project: run.project,
            pipeline: run.pipeline,
            variables: run.variables
          })
        )
      : null;
  }

  /**
   * The path of a file of the project below the server's root.
   */
  path(file: string): Promise<string> {
    return this._mage.projects.pathOf(this.run?.project ?? '', file);
  }

  /**
   * Do something, and keep the sentence when it does not work.
   */
  async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      const value = await work();
      this._problem = null;
      return value;
    } catch (error) {
      this._problem = sentence(error);
      this._tell();
      return null;
    }
  }

  /** Forget the sentence of what did not work. */
  forget(): void {
    this._problem = null;
    this._tell();
  }

  /** Stop following. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._run.dispose();
    this._log.dispose();
    this._history?.dispose();
    this._runs?.dispose();
    this._pipeline?.dispose();
    Signal.clearData(this);
  }

  private _open(id: string): RunModel {
    const model = this._mage.run(id);
    model.changed.connect(this._onRun, this);
    return model;
  }

  private _onRun(): void {
    const run = this.run;
    if (run && !this._runs) {
      const { project, pipeline } = run;
      this._runs = this._mage.runs({ project, pipeline });
      this._history = new RunHistory(this._mage.client, this._runs, GRID);
      this._history.changed.connect(this._tell, this);
      this._pipeline = this._mage.pipeline(project, pipeline);
      this._pipeline.changed.connect(this._tell, this);
    }
    void this._readAttempts();
    if (run && ended(run.state)) {
      void this._readCode();
    }
    this._tell();
  }

  private _tell(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private async _readAttempts(): Promise<void> {
    const run = this.run;
    const counts = run?.block_runs.map(one => one.attempts) ?? [];
    if (!run || !counts.some(count => count > 1)) {
      return;
    }
    const states = run.block_runs.map(one => one.state);
    const key = `${run.id}/${counts.join()}/${states.join()}`;
    if (key === this._attemptsOf) {
      return;
    }
    this._attemptsOf = key;
    try {
      const attempts = await this._mage.client.runs.attempts(run.id);
      if (key === this._attemptsOf) {
        this._attempts = attempts;
        this._tell();
      }
    } catch {
      // Read again with the next change of the run; the connection's banner tells of it.
      this._attemptsOf = '';
    }
  }

  private async _readCode(): Promise<void> {
    const { run, block } = this;
    const one = run?.block_runs.find(at => at.block === block);
    const key = one?.error ? `${run?.id}/${block}/${one.ended_at}` : '';
    if (key === this._codeOf) {
      return;
    }
    this._codeOf = key;
    this._code = null;
    if (run && block && one?.error) {
      const { project, pipeline } = run;
      const code = await this._mage.client.pipelines
        .block(project, pipeline, block)
        // A block that is no longer in the files has no code to show: its traceback says enough.
        .catch(() => null);
      if (key === this._codeOf) {
        this._code = code;
      }
    }
    this._tell();
  }

  private _attempts: readonly Attempt[] = [];
  private _attemptsOf = '';
  private _changed = new Signal<this, void>(this);
  private _code: Block | null = null;
  private _codeOf = '';
  private _history: RunHistory | null = null;
  private _isDisposed = false;
  private _log: LogModel;
  private _picked: string | null = null;
  private _pipeline: PipelineModel | null = null;
  private _problem: string | null = null;
  private _run: RunModel;
  private _runs: RunsModel | null = null;
}
