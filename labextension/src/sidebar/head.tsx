import type { TranslationBundle } from '@jupyterlab/translation';
import { folderIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import { Button, plusIcon, searchIcon, StateMark, stateWord } from '../ui';
import { type Chip, CHIPS } from './order';

/** How long the search waits for the next letter, in ms. */
const TYPING = 150;

/**
 * The first line: make a pipeline, choose a project.
 */
export function Head(props: {
  /** The name of the project. */
  project: string;
  /** Whether the server answers. */
  online: boolean;
  /** Words. */
  trans: TranslationBundle;
  /** Called with the name of the pipeline to make; resolves when it is there. */
  onCreate: (name: string) => Promise<void>;
  /** Called to choose another project, with the place for a menu. */
  onProject: (x: number, y: number) => void;
}): JSX.Element {
  const { trans } = props;
  const [name, setName] = React.useState<string | null>(null);
  const [busy, setBusy] = React.useState(false);
  if (name !== null) {
    return (
      <form
        className="mage-Sidebar-head"
        onSubmit={event => {
          event.preventDefault();
          setBusy(true);
          void props.onCreate(name.trim()).finally(() => {
            setBusy(false);
            setName(null);
          });
        }}
      >
        <input
          className="mage-Input mage-Sidebar-name"
          autoFocus
          value={name}
          placeholder={trans.__('Name of the pipeline')}
          aria-label={trans.__('Name of the pipeline')}
          onChange={event => setName(event.target.value)}
          onKeyDown={event => {
            if (event.key === 'Escape') {
              setName(null);
            }
          }}
        />
        <Button look="main" type="submit" disabled={busy || !name.trim()}>
          {busy ? trans.__('Creating…') : trans.__('Create')}
        </Button>
      </form>
    );
  }
  return (
    <div className="mage-Sidebar-head">
      <Button
        look="main"
        icon={plusIcon}
        disabled={!props.online}
        title={
          props.online ? undefined : trans.__('No connection to the server')
        }
        onClick={() => setName('')}
      >
        {trans.__('New pipeline')}
      </Button>
      <Button
        look="bare"
        icon={folderIcon}
        title={trans.__('Project: %1', props.project)}
        aria-label={trans.__('Project: %1', props.project)}
        aria-haspopup="menu"
        onClick={event => {
          const box = event.currentTarget.getBoundingClientRect();
          props.onProject(box.left, box.bottom);
        }}
      />
    </div>
  );
}

/**
 * The search field; it asks 150 ms after the last letter.
 */
export function Search(props: {
  /** Words. */
  trans: TranslationBundle;
  /** What is searched for now; another value here empties or fills the field. */
  value: string;
  /** Called with the text to search for. */
  onSearch: (text: string) => void;
}): JSX.Element {
  const { trans, value, onSearch } = props;
  const [text, setText] = React.useState(value);
  const latest = React.useRef(onSearch);
  latest.current = onSearch;
  React.useEffect(() => setText(value), [value]);
  React.useEffect(() => {
    if (text === value) {
      return;
    }
    const timer = window.setTimeout(() => latest.current(text), TYPING);
    return () => window.clearTimeout(timer);
  }, [text, value]);
  return (
    <label className="mage-Search">
      <searchIcon.react tag="span" />
      <input
        type="search"
        className="mage-Input"
        value={text}
        placeholder={trans.__('Search pipelines, triggers, runs')}
        aria-label={trans.__('Search pipelines, triggers, runs')}
        onChange={event => setText(event.target.value)}
      />
      <kbd aria-hidden>/</kbd>
    </label>
  );
}

/**
 * A chip for each state that a pipeline is in, with the count.
 */
export function Chips(props: {
  /** How many pipelines stand under each chip. */
  counts: ReadonlyMap<Chip, number>;
  /** The chip that is chosen. */
  chosen: Chip;
  /** Words. */
  trans: TranslationBundle;
  /** Called with the chip to choose. */
  onChoose: (chip: Chip) => void;
}): JSX.Element {
  const { counts, chosen, trans } = props;
  const shown = CHIPS.filter(chip => counts.get(chip) || chip === chosen);
  return (
    <div
      className="mage-Chips"
      role="group"
      aria-label={trans.__('Pipelines by state')}
    >
      <button
        type="button"
        className="mage-Chip"
        aria-pressed={chosen === 'all'}
        onClick={() => props.onChoose('all')}
      >
        {trans.__('All %1', counts.get('all') ?? 0)}
      </button>
      {shown.map(chip => (
        <button
          key={chip}
          type="button"
          className="mage-Chip"
          aria-pressed={chosen === chip}
          onClick={() => props.onChoose(chosen === chip ? 'all' : chip)}
        >
          <StateMark state={chip} size={10} />
          {trans.__('%1 %2', stateWord(chip, trans), counts.get(chip) ?? 0)}
        </button>
      ))}
    </div>
  );
}
