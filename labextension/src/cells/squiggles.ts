import type { Text } from '@codemirror/state';
import { StateEffect, StateField } from '@codemirror/state';
import type { DecorationSet } from '@codemirror/view';
import { Decoration, EditorView } from '@codemirror/view';
import type { CodeEditor } from '@jupyterlab/codeeditor';

import type { Diagnostic } from '../contract';

const draw = StateEffect.define<Diagnostic[]>();

/** Keeps the squiggles of an editor; while one types they move with their text. */
const squiggles = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (marks, transaction) => {
    let now = marks.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(draw)) {
        now = decorations(effect.value, transaction.newDoc);
      }
    }
    return now;
  },
  provide: field => EditorView.decorations.from(field)
});

/** Draw a squiggle under each name that a diagnostic is about. */
export function drawSquiggles(
  editor: CodeEditor.IEditor | null,
  diagnostics: Diagnostic[]
): void {
  const view = (editor as { editor?: unknown } | null)?.editor;
  if (!(view instanceof EditorView)) {
    return;
  }
  const known = view.state.field(squiggles, false) !== undefined;
  if (!known && diagnostics.length === 0) {
    return;
  }
  view.dispatch({
    effects: [
      ...(known ? [] : [StateEffect.appendConfig.of(squiggles)]),
      draw.of(diagnostics)
    ]
  });
}

/** Where a diagnostic stands in a text, as offsets; null when the text no longer has the place. */
export function placeOf(
  diagnostic: Diagnostic,
  text: Text
): { from: number; to: number } | null {
  const { line, column, end_column: end } = diagnostic;
  if (line === null || line > text.lines || line < 1) {
    return null;
  }
  const found = text.line(line);
  const indent = found.text.length - found.text.trimStart().length;
  const from = found.from + (column === null ? indent : column - 1);
  const to = end === null || column === null ? found.to : found.from + end - 1;
  const last = Math.min(to, found.to);
  return from < last ? { from, to: last } : null;
}

function decorations(diagnostics: Diagnostic[], text: Text): DecorationSet {
  const ranges = [];
  for (const diagnostic of diagnostics) {
    const place = placeOf(diagnostic, text);
    if (place !== null) {
      const mark = Decoration.mark({
        class: 'mage-Squiggle',
        attributes: {
          'data-severity': diagnostic.severity,
          title: diagnostic.message
        }
      });
      ranges.push(mark.range(place.from, place.to));
    }
  }
  return Decoration.set(ranges, true);
}
