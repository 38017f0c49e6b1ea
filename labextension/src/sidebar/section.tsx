import * as React from 'react';

import { foldIcon } from '../ui';

/**
 * A part of the sidebar that folds: its title with a count, and its rows.
 */
export function Section(props: {
  /** The title. */
  title: string;
  /** The count, or the figures, beside the title. */
  figures: string;
  /** Whether it is open. */
  open: boolean;
  /** Called to open or fold it. */
  onToggle: () => void;
  /** What stands at the end of the title's line. */
  tools?: React.ReactNode;
  /** The rows. */
  children: React.ReactNode;
}): JSX.Element {
  const id = React.useId();
  return (
    <section
      className="mage-Section"
      data-open={props.open}
      data-mage-region
      aria-labelledby={id}
    >
      <div className="mage-Section-head">
        <button
          type="button"
          className="mage-Section-toggle"
          aria-expanded={props.open}
          onClick={props.onToggle}
        >
          <foldIcon.react tag="span" className="mage-Section-arrow" />
          <h2 id={id}>{props.title}</h2>
          <span className="mage-mod-grey">{props.figures}</span>
        </button>
        {props.open ? props.tools : null}
      </div>
      {props.open ? props.children : null}
    </section>
  );
}
