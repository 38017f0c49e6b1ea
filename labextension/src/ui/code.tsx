import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import * as React from 'react';

import type { Language } from '../contract';

/** The host's names of the languages. */
const MIME_TYPES: Record<Language, string> = {
  python: 'text/x-python',
  sql: 'text/x-sql',
  r: 'text/x-rsrc',
  yaml: 'text/x-yaml',
  markdown: 'text/markdown'
};

/**
 * Code to read, coloured as the host's editors colour it, with one line marked.
 */
export function Code(props: {
  /** The text. */
  text: string;
  /** Its language. */
  language: Language;
  /** The number of its first line; without it no numbers are shown. */
  first?: number;
  /** The number of the line to mark. */
  marked?: number | null;
  /** Colours it, where the host has editors. */
  languages: IEditorLanguageRegistry | null;
}): JSX.Element {
  const { text, language, first, marked, languages } = props;
  const place = React.useRef<HTMLPreElement>(null);
  React.useEffect(() => {
    const node = place.current;
    if (!node) {
      return;
    }
    node.textContent = text;
    const spec = languages?.findByMIME(MIME_TYPES[language]);
    if (!languages || !spec) {
      return;
    }
    let wanted = true;
    const coloured = document.createElement('pre');
    languages.highlight(text, spec, coloured).then(
      () => {
        if (wanted) {
          node.replaceChildren(...coloured.childNodes);
        }
      },
      () => undefined // the plain text stands there already
    );
    return () => {
      wanted = false;
    };
  }, [text, language, languages]);
  const count = text.split('\n').length;
  const from = first ?? 1;
  return (
    <div className="mage-Code">
      {marked ? (
        <span
          className="mage-Code-marked"
          style={{ top: (marked - from) * 18 }}
          aria-hidden
        />
      ) : null}
      {first === undefined ? null : (
        <pre className="mage-Code-numbers" aria-hidden>
          {Array.from({ length: count }, (_, index) => from + index).join('\n')}
        </pre>
      )}
      <pre className="mage-Code-text" ref={place} />
    </div>
  );
}
