import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { SeverityMark } from './marks';
import { ago, fully, until } from './times';
import { useNow } from './now';

/**
 * A button: a verb with what it acts on, at most one `main` one in a view.
 */
export function Button(
  props: React.ButtonHTMLAttributes<HTMLButtonElement> & {
    /** How it looks; plain by default. */
    look?: 'main' | 'bare' | 'link';
    /** An icon before the words. */
    icon?: LabIcon;
  }
): JSX.Element {
  const { look, icon, children, className, ...rest } = props;
  const classes = ['mage-Button', look && `mage-mod-${look}`, className];
  return (
    <button
      type="button"
      className={classes.filter(Boolean).join(' ')}
      {...rest}
    >
      {icon ? <icon.react tag="span" /> : null}
      {children}
    </button>
  );
}

/**
 * An error or warning where its cause is: what happened in bold, what it means, what to do.
 */
export function Banner(props: {
  /** `bad` for what stops, `warn` for what wants care. */
  tone: 'bad' | 'warn';
  /** The bold sentence. */
  title: string;
  /** One sentence of consequence. */
  children?: React.ReactNode;
  /** At most two buttons. */
  actions?: React.ReactNode;
}): JSX.Element {
  return (
    <div
      className="mage-Banner"
      data-tone={props.tone}
      role={props.tone === 'bad' ? 'alert' : 'status'}
    >
      <SeverityMark
        severity={props.tone === 'bad' ? 'error' : 'warning'}
        size={14}
      />
      <span className="mage-Banner-text">
        <strong>{props.title}</strong> {props.children}
      </span>
      {props.actions}
    </div>
  );
}

/**
 * What stands where nothing is yet: a heading, what to do, and the button that does it.
 */
export function Empty(props: {
  /** The heading. */
  title?: string;
  /** The sentence below it. */
  text: string;
  /** Buttons. */
  children?: React.ReactNode;
}): JSX.Element {
  return (
    <div className="mage-Empty">
      {props.title ? <h3>{props.title}</h3> : null}
      <p>{props.text}</p>
      {props.children}
    </div>
  );
}

/**
 * Grey bars of the true row heights, shown only when reading takes longer than 300 ms.
 */
export function Bars(props: {
  /** How many rows are drawn. */
  rows: number;
  /** The height of a row in px. */
  height: number;
  /** One line that says what is read. */
  text: string;
}): JSX.Element | null {
  const [shown, setShown] = React.useState(false);
  React.useEffect(() => {
    const timer = window.setTimeout(() => setShown(true), 300);
    return () => window.clearTimeout(timer);
  }, []);
  if (!shown) {
    return null;
  }
  return (
    <div className="mage-Bars" role="status">
      {Array.from({ length: props.rows }, (_, row) => (
        <div
          key={row}
          className="mage-Bars-row"
          style={{ height: props.height }}
          aria-hidden
        >
          <span style={{ width: `${70 - ((row * 17) % 40)}%` }} />
          {props.height >= 40 ? (
            <span style={{ width: `${50 - ((row * 11) % 25)}%` }} />
          ) : null}
        </div>
      ))}
      <p>{props.text}</p>
    </div>
  );
}

/**
 * A moment beside now, refreshed by the page's one timer; the full moment on hover.
 */
export function Moment(props: {
  /** The moment, as the wire gives it. */
  at: string;
  /** For the words. */
  trans: TranslationBundle;
}): JSX.Element {
  const [quick, setQuick] = React.useState(true);
  const now = useNow(quick);
  const distance = Date.parse(props.at) - now;
  const near = Math.abs(distance) < 60000;
  React.useEffect(() => setQuick(near), [near]);
  return (
    <time dateTime={props.at} title={fully(props.at)}>
      {distance > 0
        ? until(props.at, props.trans, now)
        : ago(props.at, props.trans, now)}
    </time>
  );
}

/**
 * A switch that is on or off.
 */
export function Switch(props: {
  /** Whether it is on. */
  on: boolean;
  /** What it switches, for screen readers. */
  label: string;
  /** Whether it cannot be changed now. */
  disabled?: boolean;
  /** Called with the new position. */
  onChange: (on: boolean) => void;
}): JSX.Element {
  return (
    <button
      type="button"
      role="switch"
      className="mage-Switch"
      aria-checked={props.on}
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled}
      onClick={event => {
        event.stopPropagation();
        props.onChange(!props.on);
      }}
    />
  );
}

/**
 * The tabs of a view; arrows move between them.
 */
export function Tabs<T extends string>(props: {
  /** The tabs: a key and its word each. */
  tabs: readonly (readonly [T, string])[];
  /** The key of the tab that is shown. */
  selected: T;
  /** What they choose, for screen readers. */
  label: string;
  /** Called with the key of the tab to show. */
  onSelect: (tab: T) => void;
}): JSX.Element {
  const { tabs, selected, onSelect } = props;
  const move = (event: React.KeyboardEvent<HTMLDivElement>): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step === undefined) {
      return;
    }
    const index = tabs.findIndex(([key]) => key === selected);
    const next = (index + step + tabs.length) % tabs.length;
    onSelect(tabs[next][0]);
    const list = event.currentTarget.querySelectorAll<HTMLElement>('.mage-Tab');
    list[next].focus();
    event.preventDefault();
  };
  return (
    <div
      className="mage-Tabs"
      role="tablist"
      aria-label={props.label}
      onKeyDown={move}
    >
      {tabs.map(([key, word]) => (
        <button
          key={key}
          type="button"
          role="tab"
          className="mage-Tab"
          aria-selected={key === selected}
          tabIndex={key === selected ? 0 : -1}
          onClick={() => onSelect(key)}
        >
          {word}
        </button>
      ))}
    </div>
  );
}
