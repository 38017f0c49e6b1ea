import { type ISignal, Signal } from '@lumino/signaling';

import type {
  FireTime,
  Run,
  Trigger,
  TriggerKind,
  TriggerSpec
} from '../contract';
import type { IPage } from './page';
import { part } from './page';
import type { Transport } from './transport';

/** Triggers over HTTP. */
export class TriggersClient {
  /** @param transport - what carries the requests */
  constructor(transport: Transport) {
    this._transport = transport;
  }

  /** Emitted with each run that was fired from here. */
  get fired(): ISignal<this, Run> {
    return this._fired;
  }

  /** List a project's triggers, or those of one pipeline. */
  async list(project: string, pipeline?: string): Promise<Trigger[]> {
    const path = `projects/${part(project)}/triggers`;
    return (await this._transport.get<IPage<Trigger>>(path, { pipeline }))
      .items;
  }

  /** Read one trigger. */
  get(id: string): Promise<Trigger> {
    return this._transport.get(`triggers/${part(id)}`);
  }

  /** Add a trigger to a pipeline; `enabled` says whether it fires on this engine. */
  add(project: string, spec: TriggersClient.INew): Promise<Trigger> {
    return this._transport.post(`projects/${part(project)}/triggers`, spec);
  }

  /** Change some fields of a trigger. */
  update(id: string, fields: TriggersClient.IChange): Promise<Trigger> {
    return this._transport.patch(`triggers/${part(id)}`, fields);
  }

  /** Remove a trigger. */
  remove(id: string): Promise<void> {
    return this._transport.remove(`triggers/${part(id)}`);
  }

  /** Fire a trigger now. */
  async fire(id: string): Promise<Run> {
    const path = `triggers/${part(id)}/fire`;
    const run = await this._transport.post<Run>(path);
    this._fired.emit(run);
    return run;
  }

  /** Give the next times of a stored trigger. */
  async next(id: string, count = 10): Promise<FireTime[]> {
    const path = `triggers/${part(id)}/next`;
    return (await this._transport.get<IPage<FireTime>>(path, { count })).items;
  }

  /** Give the next times of a schedule that is being written; refused with a sentence when it cannot be read. */
  async preview(
    kind: TriggerKind,
    spec: string,
    tz: string,
    count = 10
  ): Promise<FireTime[]> {
    const query = { kind, spec, tz, count };
    return (await this._transport.get<IPage<FireTime>>('schedule', query))
      .items;
  }

  private _fired = new Signal<this, Run>(this);
  private _transport: Transport;
}

/** A namespace for `TriggersClient` statics. */
export namespace TriggersClient {
  /** A new trigger: what has a default may be left out. */
  export interface INew extends Partial<TriggerSpec> {
    /** The trigger's name. */
    name: string;

    /** The pipeline's name. */
    pipeline: string;

    /** How it fires. */
    kind: TriggerKind;

    /** The cron expression, the interval or the time. */
    spec: string;

    /** Whether it fires on this engine. */
    enabled?: boolean;
  }

  /** The fields of a trigger that change. */
  export interface IChange extends Partial<TriggerSpec> {
    /** Whether it fires on this engine. */
    enabled?: boolean;
  }
}
