import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';
import { renderToStaticMarkup } from 'react-dom/server';

import {
  BLOCK_TYPES,
  blockType,
  SeverityMark,
  type ShownState,
  stateIcon,
  StateMark,
  stateWord,
  TYPE_LETTERS,
  TypeBadge
} from '../../../labextension/src/ui';

const trans = nullTranslator.load('mage_jlab');
const STATES: ShownState[] = [
  'pending',
  'running',
  'success',
  'cached',
  'failed',
  'upstream_failed',
  'retry_wait',
  'needs_attention',
  'late',
  'missed',
  'condition_false',
  'cancelled',
  'stale'
];

/** A mark without what only its state's name tells. */
function drawing(state: ShownState): string {
  return renderToStaticMarkup(<StateMark state={state} />)
    .replace(/data-(mark|tone)="\w+"/g, '')
    .replace(/ class="[^"]*"/g, '');
}

describe('marks', () => {
  it('gives every state a shape of its own, whatever the colour', () => {
    expect(new Set(STATES.map(drawing)).size).toBe(STATES.length);
  });

  it('gives diagnostics other shapes than states', () => {
    const states = STATES.map(drawing);
    for (const severity of ['error', 'warning', 'info'] as const) {
      const text = renderToStaticMarkup(<SeverityMark severity={severity} />)
        .replace(/data-(mark|tone)="\w+"/g, '')
        .replace(/ class="[^"]*"/g, '');
      expect(states).not.toContain(text);
    }
  });

  it('says the state to screen readers, or hides where the row says it', () => {
    const said = renderToStaticMarkup(
      <StateMark state="upstream_failed" trans={trans} />
    );
    expect(said).toContain('role="img"');
    expect(said).toContain('aria-label="Not started"');
    const silent = renderToStaticMarkup(<StateMark state="failed" />);
    expect(silent).toContain('aria-hidden="true"');
  });

  it('draws a success in a strip as a dot', () => {
    const quiet = renderToStaticMarkup(<StateMark state="success" quiet />);
    expect(quiet).not.toContain('<path');
    const failed = renderToStaticMarkup(<StateMark state="failed" quiet />);
    expect(failed).toContain('<path');
  });

  it('makes an icon of a mark once', () => {
    expect(stateIcon('failed')).toBe(stateIcon('failed'));
    expect(stateIcon('failed').svgstr).toContain('stroke-width');
    expect(stateIcon('failed').svgstr).not.toContain('strokeWidth');
  });

  it('has a letter of its own for every block type', () => {
    const letters = BLOCK_TYPES.map(type => TYPE_LETTERS[type]);
    expect(new Set(letters).size).toBe(BLOCK_TYPES.length);
    const badge = renderToStaticMarkup(
      <TypeBadge type="data_loader" trans={trans} />
    );
    expect(badge).toContain('aria-label="Data loader"');
    expect(badge).toContain('>L<');
  });

  it('takes a type that it does not know as custom', () => {
    expect(blockType('sensor')).toBe('sensor');
    expect(blockType('dbt')).toBe('custom');
  });

  it('has a word for every state', () => {
    expect(STATES.map(state => stateWord(state, trans))).not.toContain('');
  });
});
