import * as React from 'react';

import {
  Button,
  documentIcon,
  type IContext,
  notebookIcon,
  plusIcon,
  runIcon,
  searchIcon,
  VariableFields
} from '../ui';

/** What the view shows; `block`, the inspector alone, only where both do not fit side by side. */
export type Page = 'graph' | 'block' | 'runs' | 'triggers';

/**
 * The toolbar of the pipeline view.
 */
export function Toolbar(props: {
  /** What the middle shows. */
  page: Page;
  /** A part of the names of the blocks to show. */
  search: string;
  /** Whether a run can be started now. */
  ready: boolean;
  /** Whether the server answers. */
  online: boolean;
  /** Whether a run is being started. */
  starting: boolean;
  /** Whether the pipeline has runtime variables. */
  variables: boolean;
  /** Words. */
  context: IContext;
  /** Called to start a run. */
  onRun: () => void;
  /** Called to fold out the variables. */
  onVariables: () => void;
  /** Called to make a block. */
  onNew: () => void;
  /** Called to open the notebook. */
  onNotebook: () => void;
  /** Called to open the pipeline's file in the editor. */
  onFile: () => void;
  /** Called to show another page. */
  onPage: (page: Page) => void;
  /** Called with the text to search for. */
  onSearch: (text: string) => void;
}): JSX.Element {
  const { page, ready, context } = props;
  const { trans } = context;
  const pages: readonly (readonly [Page, string])[] = [
    ['graph', trans.__('Graph')],
    ['block', trans.__('Block')],
    ['runs', trans.__('Runs')],
    ['triggers', trans.__('Triggers')]
  ];
  const offline = ready ? undefined : trans.__('No connection to the server');
  return (
    <div className="mage-Toolbar" data-mage-region>
      <Button
        look="main"
        icon={runIcon}
        disabled={!ready || props.starting}
        title={offline}
        onClick={props.onRun}
      >
        {props.starting ? trans.__('Starting…') : trans.__('Run')}
      </Button>
      {props.variables ? (
        <Button disabled={!ready} title={offline} onClick={props.onVariables}>
          {trans.__('Run with variables…')}
        </Button>
      ) : null}
      <Button
        look="bare"
        icon={plusIcon}
        disabled={!props.online}
        title={trans.__('New block…')}
        aria-label={trans.__('New block…')}
        onClick={props.onNew}
      />
      <Button
        look="bare"
        icon={notebookIcon}
        title={trans.__('Open the notebook')}
        aria-label={trans.__('Open the notebook')}
        onClick={props.onNotebook}
      />
      <Button
        look="bare"
        icon={documentIcon}
        title={trans.__('Open the pipeline’s YAML')}
        aria-label={trans.__('Open the pipeline’s YAML')}
        onClick={props.onFile}
      />
      <span className="mage-Toolbar-space" />
      <label className="mage-Search">
        <searchIcon.react tag="span" />
        <input
          type="search"
          className="mage-Input"
          value={props.search}
          placeholder={trans.__('Find a block')}
          aria-label={trans.__('Find a block')}
          onChange={event => props.onSearch(event.target.value)}
        />
        <kbd aria-hidden>/</kbd>
      </label>
      <div
        className="mage-Toolbar-pages"
        role="group"
        aria-label={trans.__('What is shown')}
      >
        {pages.map(([key, word]) => (
          <Button
            key={key}
            look="bare"
            aria-pressed={key === page}
            data-mage-page={key}
            onClick={() => props.onPage(key)}
          >
            {word}
          </Button>
        ))}
      </div>
    </div>
  );
}

/**
 * The runtime variables of the run to start, folded out below the toolbar.
 */
export function VariablesBar(props: {
  /** The variables' defaults. */
  defaults: Readonly<Record<string, unknown>>;
  /** Words. */
  context: IContext;
  /** Called to start a run with the values that differ. */
  onRun: (values: Record<string, unknown>) => void;
  /** Called to fold it in. */
  onClose: () => void;
}): JSX.Element {
  const { trans } = props.context;
  const [values, setValues] = React.useState<Record<string, unknown>>({});
  return (
    <form
      className="mage-Variables"
      data-mage-region
      aria-label={trans.__('Runtime variables')}
      onSubmit={event => {
        event.preventDefault();
        props.onRun(values);
      }}
    >
      <VariableFields
        defaults={props.defaults}
        values={values}
        trans={trans}
        onChange={setValues}
      />
      <div className="mage-Variables-buttons">
        <Button look="main" icon={runIcon} type="submit">
          {trans.__('Run with these')}
        </Button>
        <Button onClick={props.onClose}>{trans.__('Cancel')}</Button>
      </div>
    </form>
  );
}
