import type { EditorState } from '@codemirror/state';
import { StateEffect } from '@codemirror/state';
import { EditorView, hoverTooltip, tooltips } from '@codemirror/view';
import type { CodeEditor } from '@jupyterlab/codeeditor';

/** Who wants to know about the names under the pointer and at the caret. */
export interface INameListener {
  /** Say what is known of a name; null for a name that does not flow in. */
  sentence: (name: string) => string | null;

  /** Called with the name under the pointer that flows in; null when there is none any more. */
  onHover: (name: string | null) => void;

  /** Called with the name at the caret, whatever it is; null when there is none. */
  onCaret: (name: string | null) => void;
}

/** How long the pointer rests on a name before it is told of, in ms. */
const REST = 300;

const WORD = /[\p{L}_][\p{L}\p{N}_]*/gu;

const watched = new WeakSet<EditorView>();

/** Tell of the names of an editor, from its first call on for as long as the editor is there. */
export function watchNames(
  editor: CodeEditor.IEditor | null,
  listener: INameListener
): void {
  const view = (editor as { editor?: unknown } | null)?.editor;
  if (!(view instanceof EditorView) || watched.has(view)) {
    return;
  }
  watched.add(view);
  const tooltip = hoverTooltip(
    ({ state }, position) => {
      const name = nameAt(state, position);
      const sentence = name && listener.sentence(name.text);
      return name && sentence
        ? {
            pos: name.from,
            end: name.to,
            above: true,
            create: () => bubble(sentence, name.text, listener)
          }
        : null;
    },
    { hoverTime: REST, hideOnChange: true }
  );
  const caret = EditorView.updateListener.of(update => {
    if (update.selectionSet || update.docChanged || update.focusChanged) {
      const { main } = update.state.selection;
      const shown = update.view.hasFocus && main.empty;
      const name = shown ? nameAt(update.state, main.head) : null;
      listener.onCaret(name?.text ?? null);
    }
  });
  // A cell cuts off what is larger than itself, so that the bubble stands in the page.
  const inPage = tooltips({ parent: document.body });
  view.dispatch({
    effects: StateEffect.appendConfig.of([tooltip, inPage, caret])
  });
}

/** Find the name at a place; an attribute, a text in quotes and a comment's word are none. */
export function nameAt(
  state: EditorState,
  position: number
): { text: string; from: number; to: number } | null {
  const line = state.doc.lineAt(position);
  const at = position - line.from;
  for (const found of line.text.matchAll(WORD)) {
    const [text] = found;
    const from = found.index;
    if (from <= at && at <= from + text.length) {
      const before = line.text.slice(0, from);
      const apart = /(?:^|[^.'"\p{N}\s])\s*$/u.test(before);
      return apart && !/^[^'"]*#/.test(before)
        ? { text, from: line.from + from, to: line.from + from + text.length }
        : null;
    }
  }
  return null;
}

function bubble(
  sentence: string,
  name: string,
  listener: INameListener
): { dom: HTMLElement; mount: () => void; destroy: () => void } {
  const dom = document.createElement('div');
  dom.className = 'mage-NameTooltip';
  dom.textContent = sentence;
  return {
    dom,
    mount: () => listener.onHover(name),
    destroy: () => listener.onHover(null)
  };
}
