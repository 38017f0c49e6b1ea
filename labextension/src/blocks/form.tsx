import * as React from 'react';

import type { BlockType, Language } from '../contract';
import {
  Banner,
  Field,
  type IContext,
  languageWord,
  typeWord,
  useSignals
} from '../ui';
import type { BlockDraft } from './draft';

/** A list to choose from. */
function Choice<T extends string>(props: {
  /** Its accessible name. */
  label: string;
  /** What is chosen. */
  value: T;
  /** What can be chosen, with its words. */
  choices: readonly (readonly [T, string])[];
  /** Called with another choice. */
  onChange: (value: T) => void;
}): JSX.Element {
  return (
    <select
      className="mage-Select mage-mod-wide"
      aria-label={props.label}
      value={props.value}
      onChange={event => props.onChange(event.target.value as T)}
    >
      {props.choices.map(([value, word]) => (
        <option key={value} value={value}>
          {word}
        </option>
      ))}
    </select>
  );
}

/**
 * The form of a new block: type, language, template, name and pipeline.
 */
export function BlockForm(props: {
  /** What is chosen and typed. */
  draft: BlockDraft;
  /** Words. */
  context: IContext;
}): JSX.Element {
  const { draft } = props;
  const { trans } = props.context;
  useSignals(draft.changed);
  const { type, language, template, name, pipeline } = draft.draft;
  const { problem, templates } = draft;
  const wrong = (field: 'name' | 'pipeline'): string | undefined =>
    problem?.field === field ? problem.text : undefined;
  return (
    <div className="mage-NewBlock">
      {problem?.field === null ? (
        <Banner tone="bad" title={problem.text} />
      ) : null}
      <Field word={trans.__('Type')}>
        <Choice<BlockType>
          label={trans.__('Type')}
          value={type}
          choices={draft.types.map(one => [one, typeWord(one, trans)])}
          onChange={value => draft.change({ type: value })}
        />
      </Field>
      <Field word={trans.__('Language')}>
        <Choice<Language>
          label={trans.__('Language')}
          value={language}
          choices={draft.languages.map(one => [one, languageWord(one, trans)])}
          onChange={value => draft.change({ language: value })}
        />
      </Field>
      <Field
        word={trans.__('Template')}
        hint={templates.find(one => one.name === template)?.description}
      >
        <Choice
          label={trans.__('Template')}
          value={template}
          choices={templates.map(one => [one.name, one.title])}
          onChange={value => draft.change({ template: value })}
        />
      </Field>
      <Field
        word={trans.__('Name')}
        bad={wrong('name') !== undefined}
        hint={wrong('name')}
      >
        <input
          className="mage-Input mage-mod-wide mage-mod-code"
          aria-label={trans.__('Name')}
          aria-invalid={wrong('name') !== undefined}
          placeholder={trans.__('for example clean')}
          spellCheck={false}
          value={name}
          onChange={event => draft.change({ name: event.target.value })}
        />
      </Field>
      <Field
        word={trans.__('Pipeline')}
        bad={wrong('pipeline') !== undefined}
        hint={
          wrong('pipeline') ??
          (draft.upstream.length > 0
            ? trans.__('Below %1.', draft.upstream.join(', '))
            : undefined)
        }
      >
        <Choice
          label={trans.__('Pipeline')}
          value={pipeline}
          choices={[
            ['', trans.__('No pipeline, only the file')],
            ...draft.pipelines.map(one => [one, one] as const)
          ]}
          onChange={value => draft.change({ pipeline: value })}
        />
      </Field>
    </div>
  );
}
