import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { EngineStatus } from '../contract';
import type { IMage } from '../tokens';
import { SeverityMark, StateMark, timeOfDay } from '../ui';

/** How the engine is, in the status bar; nothing before the first project is opened. */
export class EngineItem extends ReactWidget {
  /**
   * @param mage - what is known of the server side
   * @param trans - for the words
   * @param onOpen - lists what runs
   */
  constructor(
    private readonly _mage: IMage,
    private readonly _trans: TranslationBundle,
    private readonly _onOpen: () => void
  ) {
    super();
    this.addClass('mage-StatusItem');
    this.addClass('jp-mod-highlighted');
    _mage.engine.changed.connect(this._onChanged, this);
    _mage.projects.changed.connect(this._onChanged, this);
    _mage.connection.changed.connect(this._onChanged, this);
  }

  /** Draw the item. */
  protected render(): JSX.Element | null {
    const { engine, projects, connection } = this._mage;
    const trans = this._trans;
    if (!engine.value || !projects.value?.length) {
      return null;
    }
    const status = engine.value;
    const text = engineSentence(status, connection.online, trans);
    return (
      <button
        type="button"
        onClick={this._onOpen}
        title={status.trouble ?? text}
      >
        <EngineMark status={status} online={connection.online} />
        <span>{text}</span>
      </button>
    );
  }

  private _onChanged(): void {
    this.update();
  }
}

function EngineMark(props: {
  status: EngineStatus;
  online: boolean;
}): JSX.Element {
  const { status, online } = props;
  if (!online) {
    return <StateMark state="stale" />;
  }
  if (status.trouble) {
    return <SeverityMark severity="error" />;
  }
  if (status.state === 'stopped') {
    return isWanted(status) ? (
      <SeverityMark severity="error" />
    ) : (
      <StateMark state="pending" />
    );
  }
  return <StateMark state={status.live_runs > 0 ? 'running' : 'success'} />;
}

/** Say in a few words how the engine is. */
export function engineSentence(
  status: EngineStatus,
  online: boolean,
  trans: TranslationBundle
): string {
  if (!online) {
    return trans.__('Engine: no connection to the server');
  }
  if (status.trouble) {
    return trans.__('Engine: needs you');
  }
  if (status.state === 'stopped') {
    return isWanted(status)
      ? trans.__('Engine: not running')
      : trans.__('Engine: not started');
  }
  if (status.state === 'draining') {
    return trans.__('Engine: stops after what runs');
  }
  if (status.live_runs > 0) {
    const running = trans._n(
      'Engine: %1 block running',
      'Engine: %1 blocks running',
      status.running_blocks
    );
    return status.queued_blocks > 0
      ? trans.__('%1, %2 waiting', running, status.queued_blocks)
      : running;
  }
  return status.next_fire_at
    ? trans.__(
        'Engine: idle, next run %1',
        timeOfDay(Date.parse(status.next_fire_at)).slice(0, 5)
      )
    : trans.__('Engine: idle');
}

/** Whether something waits for an engine that is not there. */
function isWanted(status: EngineStatus): boolean {
  return status.live_runs > 0 || status.queued_blocks > 0;
}
