import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/**
 * A value as its field shows it: text as it is, all else as JSON.
 */
export function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * What was typed, as a value of the default's kind: a text stays a text, all else is read as JSON
 * where it is some.
 */
export function readValue(text: string, standard: unknown): unknown {
  if (typeof standard === 'string') {
    return text;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * A field for each runtime variable; only what differs from its default is given on.
 */
export function VariableFields(props: {
  /** The variables' defaults. */
  defaults: Readonly<Record<string, unknown>>;
  /** The values that differ. */
  values: Readonly<Record<string, unknown>>;
  /** Words. */
  trans: TranslationBundle;
  /** Called with the values that differ. */
  onChange: (values: Record<string, unknown>) => void;
}): JSX.Element {
  const { defaults, values, trans, onChange } = props;
  const [texts, setTexts] = React.useState<Record<string, string>>({});
  const change = (name: string, text: string): void => {
    setTexts(all => ({ ...all, [name]: text }));
    const standard = defaults[name];
    const next = { ...values };
    delete next[name];
    if (text !== valueText(standard)) {
      next[name] = readValue(text, standard);
    }
    onChange(next);
  };
  return (
    <>
      {Object.entries(defaults).map(([name, standard]) => {
        const changed = name in values;
        return (
          <label key={name} className="mage-Field">
            <span className="mage-mod-code mage-mod-ellipsis" title={name}>
              {name}
            </span>
            <span className="mage-Field-body">
              <input
                className="mage-Input mage-mod-code"
                value={
                  texts[name] ?? valueText(changed ? values[name] : standard)
                }
                onChange={event => change(name, event.target.value)}
              />
              <span className={changed ? '' : 'mage-mod-grey'}>
                {changed
                  ? trans.__('instead of %1', valueText(standard))
                  : trans.__('default')}
              </span>
            </span>
          </label>
        );
      })}
    </>
  );
}
