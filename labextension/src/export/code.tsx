import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import * as React from 'react';

import type { IDiffLine } from './diff';

/** Lines of code with what comes and goes; coloured by the host where it knows the language. */
export function DiffCode(props: {
  lines: readonly IDiffLine[];
  path: string;
  languages: IEditorLanguageRegistry | null;
  /** The line to show. */
  at: number | null;
  label: string;
}): JSX.Element {
  const { lines, at } = props;
  const table = React.useRef<HTMLTableElement>(null);
  React.useEffect(() => {
    if (at !== null) {
      const row = table.current?.rows[at];
      row?.scrollIntoView({ block: 'center' });
    }
  }, [at, lines]);
  return (
    <table className="mage-DiffCode" ref={table} aria-label={props.label}>
      <tbody>
        {lines.map((line, index) => (
          <tr key={index} data-kind={line.kind}>
            <td className="mage-DiffCode-number">{line.before}</td>
            <td className="mage-DiffCode-number">{line.after}</td>
            <td className="mage-DiffCode-sign">
              {{ added: '+', removed: '−', same: '' }[line.kind]}
            </td>
            <td className="mage-DiffCode-text">
              <Line
                text={line.text}
                path={props.path}
                languages={props.languages}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Line(props: {
  text: string;
  path: string;
  languages: IEditorLanguageRegistry | null;
}): JSX.Element {
  const { text, path, languages } = props;
  const place = React.useRef<HTMLElement>(null);
  React.useEffect(() => {
    const language = languages?.findByFileName(path) ?? null;
    const element = place.current;
    if (languages === null || language === null || element === null) {
      return;
    }
    const drawn = document.createElement('span');
    let current = true;
    void languages.highlight(text, language, drawn).then(() => {
      if (current) {
        element.replaceChildren(...drawn.childNodes);
      }
    });
    return () => {
      current = false;
    };
  }, [text, path, languages]);
  // React leaves the children alone: they are the effect's, and the plain text is what it starts from.
  return (
    <code key={text} ref={place}>
      {text}
    </code>
  );
}
