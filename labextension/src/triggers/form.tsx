import * as React from 'react';

import type { CatchUp, Overlap } from '../contract';
import {
  Banner,
  browserZone,
  Button,
  Field,
  type IContext,
  OfflineBanner,
  Switch,
  useNow,
  useSignals,
  VariableFields
} from '../ui';
import type { DraftKind, TriggerDraft } from './draft';
import { fromCron } from './schedule';
import { Times } from './times';
import { Builder, scheduleSentence } from './when';

/** All zones that the browser knows; at least its own and UTC. */
function zones(chosen: string): string[] {
  const intl = Intl as unknown as {
    supportedValuesOf?: (key: 'timeZone') => string[];
  };
  const known = intl.supportedValuesOf?.('timeZone') ?? [];
  return [...new Set(['UTC', browserZone(), chosen, ...known])];
}

/** What time it is in a zone, as a sentence. */
function zoneSentence(zone: string, now: number, context: IContext): string {
  const { trans } = context;
  try {
    const there = new Date(now)
      .toLocaleString('en-GB', {
        weekday: 'short',
        day: 'numeric',
        month: 'short',
        year: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        timeZone: zone
      })
      .replace(/^(\w+), /, '$1 ');
    return zone === browserZone()
      ? trans.__('It is %1 there. Your browser is in the same zone.', there)
      : trans.__(
          'It is %1 there. Your browser is in %2.',
          there,
          browserZone()
        );
  } catch {
    return trans.__('This browser does not know the zone.');
  }
}

/**
 * The trigger editor: the form left, the next ten times right.
 */
export function TriggerForm(props: {
  /** What is written. */
  draft: TriggerDraft;
  /** Commands and words. */
  context: IContext;
  /** Called to leave without saving. */
  onCancel: () => void;
  /** Called to save; with `true` it fires at once too. */
  onSave: (fire: boolean) => void;
}): JSX.Element {
  const { draft, context } = props;
  const { mage, trans } = context;
  useSignals(draft.changed, mage.connection.changed);
  const now = useNow(false);
  const { name, kind, specs, tz, variables, catchUp, overlap, enabled } =
    draft.draft;
  const online = mage.connection.online;
  const ready = online && draft.ready;
  const bad = draft.badSpec;
  const defaults = draft.pipeline?.variables ?? {};
  const setSpec = (text: string): void =>
    draft.change({ specs: { ...specs, [kind]: text } });
  const kinds: readonly (readonly [DraftKind, string])[] = [
    ['cron', trans.__('Schedule')],
    ['interval', trans.__('Interval')],
    ['once', trans.__('Once')]
  ];
  const missed: readonly (readonly [CatchUp, string, string])[] = [
    [
      'latest',
      trans.__('Run the latest one'),
      trans.__(
        'After a stop of the engine, one run for the last missed time; the others are recorded as missed.'
      )
    ],
    [
      'all',
      trans.__('Run all of them'),
      trans.__('After a stop of the engine, one run for each missed time.')
    ],
    [
      'none',
      trans.__('Run none'),
      trans.__('Missed times are recorded, and nothing runs for them.')
    ]
  ];
  const still: readonly (readonly [Overlap, string, string])[] = [
    [
      'queue_one',
      trans.__('Queue one run'),
      trans.__('If the last run is still going when the next is due.')
    ],
    [
      'queue_all',
      trans.__('Queue each run'),
      trans.__('Each run waits until the one before it has ended.')
    ],
    [
      'skip',
      trans.__('Skip it'),
      trans.__('No run for that time; it is recorded as missed.')
    ],
    [
      'allow',
      trans.__('Run both'),
      trans.__('Runs of this trigger may go on at the same time.')
    ],
    [
      'cancel_running',
      trans.__('Cancel the one that is going'),
      trans.__('The run that is still going is cancelled for the new one.')
    ]
  ];
  const file = `pipelines/${draft.pipelineName}/triggers.yaml`;
  return (
    <form
      className="mage-Trigger"
      onSubmit={event => {
        event.preventDefault();
        if (ready) {
          props.onSave(false);
        }
      }}
    >
      <header className="mage-Head">
        <div className="mage-Head-line">
          <h1>
            {draft.trigger ? draft.trigger.name : trans.__('New trigger')}
          </h1>
          <span className="mage-mod-grey">{draft.pipelineName}</span>
        </div>
      </header>
      <OfflineBanner context={context} />
      {draft.problem ? <Banner tone="bad" title={draft.problem} /> : null}
      <div className="mage-Trigger-body">
        <div className="mage-Trigger-fields" data-mage-region>
          <Field word={trans.__('Name')}>
            <input
              className="mage-Input mage-mod-wide"
              autoFocus
              aria-label={trans.__('Name')}
              placeholder={trans.__('for example Nightly')}
              value={name}
              onChange={event => draft.change({ name: event.target.value })}
            />
          </Field>
          <Field word={trans.__('Starts')}>
            <div
              className="mage-Choice"
              role="radiogroup"
              aria-label={trans.__('Starts')}
            >
              {kinds.map(([key, word]) => (
                <button
                  key={key}
                  type="button"
                  role="radio"
                  aria-checked={key === kind}
                  onClick={() => draft.change({ kind: key })}
                >
                  {word}
                </button>
              ))}
            </div>
          </Field>
          {kind === 'cron' ? (
            <>
              <Field word={trans.__('When')}>
                <Builder cron={specs.cron} trans={trans} onChange={setSpec} />
              </Field>
              <Field
                word={trans.__('Cron')}
                bad={bad !== null}
                hint={bad ?? scheduleSentence(fromCron(specs.cron), trans)}
              >
                <input
                  className="mage-Input mage-mod-code"
                  aria-label={trans.__('Cron')}
                  aria-invalid={bad !== null}
                  spellCheck={false}
                  value={specs.cron}
                  onChange={event => setSpec(event.target.value)}
                />
              </Field>
            </>
          ) : kind === 'interval' ? (
            <Field
              word={trans.__('Every')}
              bad={bad !== null}
              hint={bad ?? trans.__('For example 90s, 15m, 6h or 1d.')}
            >
              <input
                className="mage-Input mage-mod-code"
                aria-label={trans.__('Every')}
                aria-invalid={bad !== null}
                spellCheck={false}
                value={specs.interval}
                onChange={event => setSpec(event.target.value)}
              />
            </Field>
          ) : (
            <Field
              word={trans.__('At')}
              bad={bad !== null}
              hint={bad ?? undefined}
            >
              <input
                className="mage-Input"
                type="datetime-local"
                aria-label={trans.__('At')}
                aria-invalid={bad !== null}
                value={specs.once}
                onChange={event => setSpec(event.target.value)}
              />
            </Field>
          )}
          <Field
            word={trans.__('Time zone')}
            hint={zoneSentence(tz, now, context)}
          >
            <select
              className="mage-Select mage-mod-wide"
              aria-label={trans.__('Time zone')}
              value={tz}
              onChange={event => draft.change({ tz: event.target.value })}
            >
              {zones(tz).map(zone => (
                <option key={zone}>{zone}</option>
              ))}
            </select>
          </Field>
          {Object.keys(defaults).length > 0 ? (
            <>
              <hr />
              <h2>{trans.__('Runtime variables')}</h2>
              <VariableFields
                defaults={defaults}
                values={variables}
                trans={trans}
                onChange={values => draft.change({ variables: values })}
              />
            </>
          ) : null}
          <hr />
          <h2>{trans.__('When things go wrong')}</h2>
          <Field
            word={trans.__('Missed times')}
            hint={missed.find(([key]) => key === catchUp)?.[2]}
          >
            <select
              className="mage-Select mage-mod-middle"
              aria-label={trans.__('Missed times')}
              value={catchUp}
              onChange={event =>
                draft.change({ catchUp: event.target.value as CatchUp })
              }
            >
              {missed.map(([key, word]) => (
                <option key={key} value={key}>
                  {word}
                </option>
              ))}
            </select>
          </Field>
          <Field
            word={trans.__('Still running')}
            hint={still.find(([key]) => key === overlap)?.[2]}
          >
            <select
              className="mage-Select mage-mod-middle"
              aria-label={trans.__('Still running')}
              value={overlap}
              onChange={event =>
                draft.change({ overlap: event.target.value as Overlap })
              }
            >
              {still.map(([key, word]) => (
                <option key={key} value={key}>
                  {word}
                </option>
              ))}
            </select>
          </Field>
        </div>
        <Times
          times={draft.times}
          zone={tz}
          old={bad !== null}
          context={context}
        />
      </div>
      <footer className="mage-Trigger-foot" data-mage-region>
        <Switch
          on={enabled}
          label={trans.__('Fires on this engine')}
          onChange={on => draft.change({ enabled: on })}
        />
        <span>{enabled ? trans.__('On') : trans.__('Off')}</span>
        <span className="mage-Live-space" />
        <span
          className="mage-Trigger-file mage-mod-grey mage-mod-ellipsis"
          title={file}
        >
          {trans.__('Writes %1', file)}
        </span>
        <Button onClick={props.onCancel}>{trans.__('Cancel')}</Button>
        <Button disabled={!ready} onClick={() => props.onSave(true)}>
          {trans.__('Save and run now')}
        </Button>
        <Button look="main" type="submit" disabled={!ready}>
          {draft.saving ? trans.__('Saving…') : trans.__('Save trigger')}
        </Button>
      </footer>
    </form>
  );
}
