import * as React from 'react';

import { sentence } from '../client';
import type { Trigger } from '../contract';
import { CommandIDs } from '../tokens';
import {
  fully,
  type IContext,
  moveFocus,
  opens,
  Switch,
  useNow,
  VirtualList
} from '../ui';
import { triggerLast, triggerNext } from './sentences';

/** The height of a row in px. */
export const TRIGGER_HEIGHT = 40;

/** One trigger: its switch, name, next time; pipeline and last time. */
function Row(props: {
  trigger: Trigger;
  first: boolean;
  now: number;
  online: boolean;
  context: IContext;
  onProblem: (sentence: string) => void;
  onSwitched: () => void;
}): JSX.Element {
  const { trigger, now, context } = props;
  const { trans, commands, mage } = context;
  const [wanted, setWanted] = React.useState<boolean | null>(null);
  const open = (): void => {
    void commands.execute(CommandIDs.editTrigger, { trigger: trigger.id });
  };
  const change = (enabled: boolean): void => {
    setWanted(enabled);
    mage.client.triggers
      .update(trigger.id, { enabled })
      .then(props.onSwitched)
      .catch((error: unknown) => props.onProblem(sentence(error)))
      .finally(() => setWanted(null));
  };
  const next = triggerNext(trigger, trans, now);
  const last = triggerLast(trigger, trans, now);
  return (
    <div
      className="mage-Row mage-TriggerRow"
      role="group"
      tabIndex={props.first ? 0 : -1}
      aria-label={[trigger.name, trigger.pipeline, next, last].join(', ')}
      data-mage-trigger={trigger.id}
      onClick={open}
      onKeyDown={event => opens(event) && open()}
    >
      <Switch
        on={wanted ?? trigger.enabled}
        label={trans.__('%1 fires on this engine', trigger.name)}
        disabled={!props.online || wanted !== null}
        onChange={change}
      />
      <span className="mage-Row-lines">
        <span className="mage-Row-line">
          <span className="mage-Row-name mage-mod-ellipsis">
            {trigger.name}
          </span>
          <span title={trigger.next_at ? fully(trigger.next_at) : undefined}>
            {next}
          </span>
        </span>
        <span className="mage-Row-line mage-Row-second">
          <span className="mage-mod-ellipsis">{trigger.pipeline}</span>
          <span className="mage-Row-end">{last}</span>
        </span>
      </span>
    </div>
  );
}

/**
 * The triggers of a project, as a virtual list.
 */
export function TriggerRows(props: {
  /** The triggers. */
  triggers: readonly Trigger[];
  /** Whether the server answers. */
  online: boolean;
  /** Commands and words. */
  context: IContext;
  /** Called with a sentence when a switch could not be changed. */
  onProblem: (sentence: string) => void;
  /** Called when a switch was changed. */
  onSwitched: () => void;
}): JSX.Element {
  const { triggers, context } = props;
  const now = useNow(triggers.some(trigger => trigger.enabled));
  return (
    <div
      className="mage-Section-rows"
      style={{ flexBasis: triggers.length * TRIGGER_HEIGHT }}
      onKeyDown={event => moveFocus(event, '.mage-TriggerRow')}
    >
      <VirtualList
        items={triggers}
        height={TRIGGER_HEIGHT}
        label={context.trans.__('Triggers')}
        keyOf={trigger => trigger.id}
      >
        {(trigger, index) => (
          <Row
            trigger={trigger}
            first={index === 0}
            now={now}
            online={props.online}
            context={context}
            onProblem={props.onProblem}
            onSwitched={props.onSwitched}
          />
        )}
      </VirtualList>
    </div>
  );
}
