import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { inflows, outflows } from '../cells/flows';
import { Gives, Reads } from '../cells/flowwords';
import { openTypeMenu } from '../cells/typemenu';
import type { CellRole } from '../cells/typemenu';
import type { Analysis, Diagnostic } from '../contract';
import {
  Button,
  Code,
  foldIcon,
  SeverityMark,
  TYPE_ROLES,
  TypeBadge,
  typeWord
} from '../ui';
import type { IChange, ITurnCell } from './choices';

/** How many lines of a cell are shown before one asks for the rest. */
const LINES = 4;

/** What every cell of the preview gets. */
export interface ITurnCellProps {
  /** The cell. */
  cell: ITurnCell;

  /** The pipeline that the notebook would be; null before the first answer. */
  analysis: Analysis | null;

  /** Colours the code, where the host can. */
  languages: IEditorLanguageRegistry | null;

  /** Called with what a person changes. */
  onChange: (change: IChange) => void;

  /** Called to go to a place of the notebook. */
  onGo: (place: Pick<Diagnostic, 'cell_id' | 'line' | 'column'>) => void;

  /** Words. */
  trans: TranslationBundle;
}

/** One code cell: what it becomes, what flows through it, its code, and what is wrong with it. */
export function TurnCell(props: ITurnCellProps): JSX.Element {
  const { cell, trans } = props;
  const { role, block } = cell;
  return (
    <li
      className="mage-TurnCell"
      data-mage-role={hueOf(role)}
      data-joined={cell.joined}
      aria-label={trans.__(
        'Cell %1, %2',
        cell.place,
        [cell.joined ? trans.__('joined') : roleWord(role, trans), block?.name]
          .filter(Boolean)
          .join(', ')
      )}
    >
      {cell.joined ? null : <Head {...props} />}
      <Source {...props} />
      <Join {...props} />
      {cell.problems
        .filter(({ severity }) => severity !== 'info')
        // What the suggestion says already need not be said twice.
        .filter(({ message }) => cell.joined || message !== cell.why)
        .map((problem, index) => (
          <p key={index} className="mage-TurnCell-said">
            <SeverityMark severity={problem.severity} trans={trans} />
            <span>{problem.message}</span>
          </p>
        ))}
    </li>
  );
}

function hueOf(role: CellRole): string | undefined {
  return role === null
    ? undefined
    : role === 'parameters'
      ? 'steer'
      : TYPE_ROLES[role];
}

/** The word of what a cell becomes. */
export function roleWord(role: CellRole, trans: TranslationBundle): string {
  return role === null
    ? trans.__('Scratch')
    : role === 'parameters'
      ? trans.__('Parameters')
      : typeWord(role, trans);
}

function Head(props: ITurnCellProps): JSX.Element {
  const { cell, analysis, onChange, onGo, trans } = props;
  const { role, block } = cell;
  const word = roleWord(role, trans);
  return (
    <div className="mage-TurnCell-head">
      <Button
        look="link"
        className="mage-TurnCell-place"
        title={trans.__('Go to cell %1', cell.place)}
        onClick={() => onGo({ cell_id: cell.id, line: null, column: null })}
      >
        {cell.place}
      </Button>
      <Button
        className="mage-TurnCell-role"
        aria-haspopup="menu"
        aria-label={trans.__('Cell %1 becomes: %2', cell.place, word)}
        onClick={event => {
          const { left, bottom } = event.currentTarget.getBoundingClientRect();
          openTypeMenu(
            {
              now: role,
              onPick: picked => onChange({ role: picked }),
              parameters: true,
              none: trans.__('Scratch: not a block'),
              x: left,
              y: bottom
            },
            trans
          );
        }}
      >
        {role !== null && role !== 'parameters' ? (
          <TypeBadge type={role} />
        ) : null}
        <span>{word}</span>
        <foldIcon.react tag="span" />
      </Button>
      {role === null || role === 'parameters' ? (
        <span className="mage-mod-grey mage-mod-ellipsis">
          {role === null
            ? trans.__(
                'no block; imports and functions go where blocks use them'
              )
            : trans.__('runtime variables, with these defaults')}
        </span>
      ) : (
        <NameField
          name={cell.name}
          inferred={block?.name ?? ''}
          label={trans.__('Name of the block of cell %1', cell.place)}
          onChange={name => onChange({ name })}
        />
      )}
      {block && analysis ? (
        <span className="mage-CellLine-flows">
          <Reads flows={inflows(block)} trans={trans} />{' '}
          <Gives flows={outflows(analysis, block)} trans={trans} />
        </span>
      ) : null}
    </div>
  );
}

/** The block's name: what a person types, else what follows from the code. */
function NameField(props: {
  name: string;
  inferred: string;
  label: string;
  onChange: (name: string) => void;
}): JSX.Element {
  const { name, inferred, label, onChange } = props;
  const [text, setText] = React.useState<string | null>(null);
  return (
    <input
      className="mage-Input mage-TurnCell-name"
      aria-label={label}
      spellCheck={false}
      value={text ?? (name || inferred)}
      onChange={event => {
        setText(event.target.value);
        onChange(event.target.value.trim());
      }}
      // What was typed stays as it is only while one types: then the name that it led to stands.
      onBlur={() => setText(null)}
    />
  );
}

function Source(props: ITurnCellProps): JSX.Element {
  const { cell, languages, trans } = props;
  const [whole, setWhole] = React.useState(false);
  const lines = cell.source.split('\n');
  const more = lines.length - LINES;
  // One line more is shown at once: it takes as much place as the button.
  const cut = more > 1 && !whole;
  return (
    <div className="mage-TurnCell-code">
      <Code
        text={(cut ? lines.slice(0, LINES) : lines).join('\n')}
        language={cell.block?.language ?? 'python'}
        languages={languages}
      />
      {more > 1 ? (
        <Button
          look="link"
          aria-expanded={whole}
          onClick={() => setWhole(!whole)}
        >
          {whole
            ? trans.__('Show less')
            : trans._n('%1 more line', '%1 more lines', more)}
        </Button>
      ) : null}
    </div>
  );
}

/** The suggestion to join a cell with the one above, or the way to part them again. */
function Join({ cell, onChange, trans }: ITurnCellProps): JSX.Element | null {
  if (cell.merge === null) {
    return null;
  }
  const problem = cell.problems.find(({ message }) => message === cell.why);
  return (
    <p className="mage-TurnCell-said">
      <SeverityMark severity={problem?.severity ?? 'info'} trans={trans} />
      <span>
        {cell.joined
          ? trans.__('Cell %1 is joined with the one above.', cell.place)
          : (cell.why ??
            trans.__('This cell only makes sense with the one above.'))}
      </span>
      <Button look="link" onClick={() => onChange({ joined: !cell.joined })}>
        {cell.joined ? trans.__('Keep apart') : trans.__('Join the two')}
      </Button>
    </p>
  );
}
