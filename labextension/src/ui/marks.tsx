import type { TranslationBundle } from '@jupyterlab/translation';
import { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { BlockType, Severity } from '../contract';
import {
  type IDrawing,
  QUIET_SUCCESS,
  SEVERITY_DRAWINGS,
  STATE_DRAWINGS
} from './shapes';
import {
  type ShownState,
  severityWord,
  stateWord,
  TYPE_LETTERS,
  TYPE_ROLES,
  typeWord
} from './words';

/**
 * A drawing as an SVG element; without a label it is hidden from screen readers.
 */
function Drawing(props: {
  drawing: IDrawing;
  size: number;
  label?: string;
  name: string;
}): JSX.Element {
  const { drawing, label } = props;
  return (
    <svg
      className="mage-Mark"
      data-tone={drawing.tone}
      data-mark={props.name}
      width={props.size}
      height={props.size}
      viewBox="0 0 12 12"
      {...(label
        ? { role: 'img', 'aria-label': label }
        : { 'aria-hidden': true })}
    >
      {label ? <title>{label}</title> : null}
      {drawing.shapes.map(([tag, attributes], index) =>
        React.createElement(tag, { key: index, ...attributes })
      )}
    </svg>
  );
}

/**
 * The mark of a state: an image with the state's word.
 */
export function StateMark(props: {
  /** The state to show. */
  state: ShownState;
  /** The side in px: 12 in lists, 9 in strips and grids, 16 in heads. */
  size?: number;
  /** In strips and grids a success is a dot. */
  quiet?: boolean;
  /** Give none where the row's own name says the state: the mark is then hidden from screen readers. */
  trans?: TranslationBundle;
}): JSX.Element {
  const { state } = props;
  return (
    <Drawing
      name={state}
      drawing={
        props.quiet && state === 'success'
          ? QUIET_SUCCESS
          : STATE_DRAWINGS[state]
      }
      size={props.size ?? 12}
      label={props.trans && stateWord(state, props.trans)}
    />
  );
}

/**
 * The mark of a diagnostic: octagon, triangle or ring.
 */
export function SeverityMark(props: {
  /** How much it weighs. */
  severity: Severity;
  /** The side in px. */
  size?: number;
  /** Gives the accessible name; without it the mark is hidden from screen readers. */
  trans?: TranslationBundle;
}): JSX.Element {
  return (
    <Drawing
      name={props.severity}
      drawing={SEVERITY_DRAWINGS[props.severity]}
      size={props.size ?? 12}
      label={props.trans && severityWord(props.severity, props.trans)}
    />
  );
}

/**
 * The badge of a block type: its letter on a tint of its hue.
 */
export function TypeBadge(props: {
  /** The block's type. */
  type: BlockType;
  /** Gives the accessible name; without it the badge is hidden from screen readers. */
  trans?: TranslationBundle;
}): JSX.Element {
  const { type, trans } = props;
  const label = trans && typeWord(type, trans);
  return (
    <span
      className="mage-Badge"
      data-mage-role={TYPE_ROLES[type]}
      title={label}
      {...(label
        ? { role: 'img', 'aria-label': label }
        : { 'aria-hidden': true })}
    >
      {TYPE_LETTERS[type]}
    </span>
  );
}

const attributeName = (name: string): string =>
  name === 'className'
    ? 'class'
    : name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);

/** A drawing as text, for the places of the host that take an icon only. */
function drawingText(drawing: IDrawing): string {
  const parts = drawing.shapes.map(([tag, attributes]) => {
    const words = Object.entries(attributes).map(
      ([name, value]) => `${attributeName(name)}="${value}"`
    );
    return `<${tag} ${words.join(' ')}/>`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="12" height="12" viewBox="0 0 12 12" class="mage-Mark" data-tone="${drawing.tone}">` +
    `${parts.join('')}</svg>`
  );
}

const stateIcons = new Map<ShownState, LabIcon>();

/**
 * The mark of a state as an icon of the host, for tabs, menus and lists of the Running panel.
 */
export function stateIcon(state: ShownState): LabIcon {
  let icon = stateIcons.get(state);
  if (!icon) {
    icon = new LabIcon({
      name: `mage-jlab:state-${state}`,
      svgstr: drawingText(STATE_DRAWINGS[state])
    });
    stateIcons.set(state, icon);
  }
  return icon;
}
