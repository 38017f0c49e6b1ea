import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import * as React from 'react';

import type { IDiffLine } from './diff';
import { sideBySide } from './diff';

/** Lines of code with what comes and goes; coloured by the host where it knows the language. */
export function DiffCode(props: {
  lines: readonly IDiffLine[];
  path: string;
  languages: IEditorLanguageRegistry | null;
  /** Whether before and after stand below or beside each other. */
  columns: 1 | 2;
  /** The line to show. */
  at: number | null;
  label: string;
}): JSX.Element {
  const { lines, at, columns } = props;
  const table = React.useRef<HTMLTableElement>(null);
  React.useEffect(() => {
    if (at !== null) {
      const row = table.current?.querySelector(`[data-at~="${at}"]`);
      row?.scrollIntoView({ block: 'center' });
    }
  }, [at, lines]);
  const code = (line: IDiffLine | null): JSX.Element =>
    line === null ? (
      <td className="mage-DiffCode-none" />
    ) : (
      <td className="mage-DiffCode-text" data-kind={line.kind}>
        <Line text={line.text} path={props.path} languages={props.languages} />
      </td>
    );
  if (columns === 2) {
    return (
      <table
        className="mage-DiffCode mage-mod-two"
        ref={table}
        aria-label={props.label}
      >
        <tbody>
          {sideBySide(lines).map(({ before, after, at: places }, index) => (
            <tr key={index} data-at={places.join(' ')}>
              <td className="mage-DiffCode-number">{before?.before}</td>
              {code(before)}
              <td className="mage-DiffCode-number">{after?.after}</td>
              {code(after)}
            </tr>
          ))}
        </tbody>
      </table>
    );
  }
  return (
    <table className="mage-DiffCode" ref={table} aria-label={props.label}>
      <tbody>
        {lines.map((line, index) => (
          <tr key={index} data-kind={line.kind} data-at={index}>
            <td className="mage-DiffCode-number">{line.before}</td>
            <td className="mage-DiffCode-number">{line.after}</td>
            <td className="mage-DiffCode-sign">
              {{ added: '+', removed: '−', same: '' }[line.kind]}
            </td>
            {code(line)}
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
