import * as React from 'react';

/**
 * A field of a form: its word, what is typed, and a sentence below.
 */
export function Field(props: {
  /** The word. */
  word: string;
  /** A sentence below the field. */
  hint?: React.ReactNode;
  /** Whether the sentence says what is wrong. */
  bad?: boolean;
  /** What is typed or chosen. */
  children: React.ReactNode;
}): JSX.Element {
  return (
    <div className="mage-Field">
      <span>{props.word}</span>
      <div className="mage-Field-column">
        <div className="mage-Field-body">{props.children}</div>
        {props.hint ? (
          <p
            className={
              props.bad ? 'mage-Field-hint mage-mod-bad' : 'mage-Field-hint'
            }
            role={props.bad ? 'alert' : undefined}
          >
            {props.hint}
          </p>
        ) : null}
      </div>
    </div>
  );
}
