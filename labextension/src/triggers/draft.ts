import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { sentence } from '../client';
import type {
  CatchUp,
  FireTime,
  Overlap,
  Pipeline,
  Run,
  Trigger
} from '../contract';
import type { PipelineModel } from '../model';
import type { IMage } from '../tokens';
import { browserZone } from '../ui';

/** The kinds that a trigger can have here. */
export type DraftKind = 'cron' | 'interval' | 'once';

/** A trigger as the form has it. */
export interface IDraft {
  /** Its name. */
  readonly name: string;
  /** How it fires. */
  readonly kind: DraftKind;
  /** What each kind says: a cron expression, an interval, a time. */
  readonly specs: Readonly<Record<DraftKind, string>>;
  /** The zone of its times. */
  readonly tz: string;
  /** The runtime variables that differ from their defaults. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** What happens to times that passed while no engine was up. */
  readonly catchUp: CatchUp;
  /** What happens when the last run is still going. */
  readonly overlap: Overlap;
  /** Whether it fires on this engine. */
  readonly enabled: boolean;
}

/** How long to wait for the next letter before the times are asked for, in ms. */
const TYPING = 150;

/**
 * A trigger that is being written, with its next ten times as the server says them.
 */
export class TriggerDraft implements IDisposable {
  /**
   * Begin a new trigger of a pipeline, or change one.
   */
  constructor(
    private _mage: IMage,
    target: { project: string; pipeline: string } | { trigger: string }
  ) {
    if ('trigger' in target) {
      void this._open(target.trigger);
    } else {
      this._follow(target.project, target.pipeline);
      this._askTimes();
    }
  }

  /** Something that is shown changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The trigger as the form has it. */
  get draft(): IDraft {
    return this._draft;
  }

  /** The trigger that is changed, once it was read; null for a new one. */
  get trigger(): Trigger | null {
    return this._trigger;
  }

  /** The pipeline, once it was read. */
  get pipeline(): Pipeline | null {
    return this._pipeline?.value ?? null;
  }

  /** The name of the pipeline; empty until it is known. */
  get pipelineName(): string {
    return this._pipeline?.name ?? '';
  }

  /** The next times, of the last schedule that could be read. */
  get times(): readonly FireTime[] {
    return this._times;
  }

  /** Why the schedule cannot be read; null when it can. */
  get badSpec(): string | null {
    return this._badSpec;
  }

  /** Why it could not be read or saved; null when it could. */
  get problem(): string | null {
    return this._problem;
  }

  /** Whether it is being saved. */
  get saving(): boolean {
    return this._saving;
  }

  /** Whether it can be saved. */
  get ready(): boolean {
    const { name, kind, specs } = this._draft;
    return (
      this._project !== '' &&
      name.trim() !== '' &&
      specs[kind].trim() !== '' &&
      this._badSpec === null &&
      !this._saving
    );
  }

  /** Whether this was disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Change some fields; the times follow.
   */
  change(fields: Partial<IDraft>): void {
    this._draft = { ...this._draft, ...fields };
    this._changed.emit();
    if ('kind' in fields || 'specs' in fields || 'tz' in fields) {
      window.clearTimeout(this._timer);
      this._timer = window.setTimeout(() => this._askTimes(), TYPING);
    }
  }

  /**
   * Save it, and fire it at once where that is asked for.
   *
   * Returns the trigger, with the run that it was fired for; null when it was refused.
   */
  async save(
    fire: boolean
  ): Promise<{ trigger: Trigger; run: Run | null } | null> {
    this._saving = true;
    this._problem = null;
    this._changed.emit();
    try {
      const trigger = await this._store();
      this._trigger = trigger;
      const run = fire
        ? await this._mage.client.triggers.fire(trigger.id)
        : null;
      return { trigger, run };
    } catch (error) {
      this._problem = sentence(error);
      return null;
    } finally {
      this._saving = false;
      this._tell();
    }
  }

  /** Forget the draft. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    window.clearTimeout(this._timer);
    this._pipeline?.dispose();
    Signal.clearData(this);
  }

  private _store(): Promise<Trigger> {
    const { name, kind, specs, tz, variables, catchUp, overlap, enabled } =
      this._draft;
    const fields = {
      name: name.trim(),
      kind,
      spec: this._spec(kind, specs[kind]),
      tz,
      variables: { ...variables },
      catch_up: catchUp,
      overlap,
      active: enabled,
      enabled
    };
    const { triggers } = this._mage.client;
    return this._trigger
      ? triggers.update(this._trigger.id, fields)
      : triggers.add(this._project, { ...fields, pipeline: this.pipelineName });
  }

  /** A time field gives no seconds and no zone; the wire wants RFC 3339. */
  private _spec(kind: DraftKind, text: string): string {
    const spec = text.trim();
    return kind === 'once' && /T\d\d:\d\d$/.test(spec) ? `${spec}:00` : spec;
  }

  private async _open(id: string): Promise<void> {
    try {
      const trigger = await this._mage.client.triggers.get(id);
      const { kind } = trigger;
      if (kind === 'api' || kind === 'signal') {
        throw new Error(`A trigger of kind ${kind} has no times.`);
      }
      this._trigger = trigger;
      this._draft = {
        name: trigger.name,
        kind,
        specs: {
          ...this._draft.specs,
          [kind]: kind === 'once' ? trigger.spec.slice(0, 16) : trigger.spec
        },
        tz: trigger.tz,
        variables: trigger.variables,
        catchUp: trigger.catch_up,
        overlap: trigger.overlap,
        enabled: trigger.enabled
      };
      this._follow(trigger.project, trigger.pipeline);
      this._askTimes();
    } catch (error) {
      this._problem = sentence(error);
    }
    this._tell();
  }

  private _follow(project: string, pipeline: string): void {
    this._project = project;
    this._pipeline = this._mage.pipeline(project, pipeline);
    this._pipeline.changed.connect(this._tell, this);
  }

  private _askTimes(): void {
    const { kind, specs, tz } = this._draft;
    const spec = this._spec(kind, specs[kind]);
    const key = `${kind}/${spec}/${tz}`;
    this._asked = key;
    if (!spec) {
      this._badSpec = null;
      this._times = [];
      this._tell();
      return;
    }
    this._mage.client.triggers
      .preview(kind, spec, tz)
      .then(
        times => {
          if (this._asked === key) {
            this._times = times;
            this._badSpec = null;
          }
        },
        (error: unknown) => {
          if (this._asked === key) {
            this._badSpec = sentence(error);
          }
        }
      )
      .finally(() => this._tell());
  }

  private _tell(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _asked = '';
  private _badSpec: string | null = null;
  private _changed = new Signal<this, void>(this);
  private _draft: IDraft = {
    name: '',
    kind: 'cron',
    specs: { cron: '30 2 * * *', interval: '15m', once: '' },
    tz: browserZone(),
    variables: {},
    catchUp: 'latest',
    overlap: 'queue_one',
    enabled: true
  };
  private _isDisposed = false;
  private _pipeline: PipelineModel | null = null;
  private _problem: string | null = null;
  private _project = '';
  private _saving = false;
  private _times: readonly FireTime[] = [];
  private _timer = 0;
  private _trigger: Trigger | null = null;
}
