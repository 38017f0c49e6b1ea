import type * as React from 'react';

/** How far each key moves; `Infinity` is to the end. */
const STEPS: Record<string, number> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity
};

/**
 * Move the focus between the rows of a list by arrows, Page, Home and End.
 *
 * Returns whether the key was one of these.
 */
export function moveFocus(
  event: React.KeyboardEvent<HTMLElement>,
  selector: string
): boolean {
  const step = STEPS[event.key];
  if (step === undefined) {
    return false;
  }
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(selector)];
  const here = rows.findIndex(row => row.contains(document.activeElement));
  const there = Math.min(rows.length - 1, Math.max(0, here + step));
  rows[there]?.focus();
  event.preventDefault();
  return true;
}

/**
 * Whether the key opens what has the focus.
 */
export function opens(event: React.KeyboardEvent<HTMLElement>): boolean {
  return event.key === 'Enter' && event.target === event.currentTarget;
}
