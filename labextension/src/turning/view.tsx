import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { PathExt } from '@jupyterlab/coreutils';
import * as React from 'react';

import type { Diagnostic } from '../contract';
import type { IContext } from '../ui';
import {
  Banner,
  Bars,
  Button,
  Empty,
  moveFocus,
  OfflineBanner,
  Tabs,
  useSignals
} from '../ui';
import { TurnCell } from './cell';
import type { TurningModel } from './model';
import { Outcome } from './outcome';

/** What the preview leads to. */
export interface ITurningActions {
  /** Close the tab. */
  close: () => void;

  /** Go to a place of the notebook. */
  goTo: (place: Pick<Diagnostic, 'cell_id' | 'line' | 'column'>) => void;

  /** Open the notebook. */
  open: () => void;

  /** Change the notebook as it is shown. */
  apply: () => void;
}

/** What the preview is drawn from. */
interface ITurningProps {
  model: TurningModel;
  /** Whether the notebook is being changed. */
  applying: boolean;
  actions: ITurningActions;
  context: IContext;
  languages: IEditorLanguageRegistry | null;
}

/** What each cell of a notebook would become, for a person to change, and the pipeline of it. */
export function TurningPreview(props: ITurningProps): JSX.Element {
  const { model, context, actions } = props;
  const { trans } = context;
  useSignals(model.changed, context.mage.connection.changed);
  const [part, setPart] = React.useState<'cells' | 'pipeline'>('cells');
  const { cells, turned } = model;
  const name = PathExt.basename(model.path);
  return (
    <>
      <header className="mage-Export-head">
        <h1>{trans.__('Turn %1 into a pipeline', name)}</h1>
        <span className="mage-Export-space" />
        <Buttons {...props} />
      </header>
      <OfflineBanner context={context} />
      <Trouble {...props} />
      {model.workbench === null ? (
        <Empty
          title={trans.__('%1 is not open', name)}
          text={trans.__(
            'A notebook is changed where it is open, so that nobody’s edits are lost.'
          )}
        >
          <Button look="main" onClick={actions.open}>
            {trans.__('Open the notebook')}
          </Button>
        </Empty>
      ) : turned === null ? (
        model.error === null ? (
          <Bars rows={5} height={72} text={trans.__('Reading %1…', name)} />
        ) : null
      ) : cells.length === 0 ? (
        <Empty
          title={trans.__('There is no code yet')}
          text={trans.__(
            'Write some cells that load, change or save data: each can become a block.'
          )}
        >
          <Button onClick={actions.open}>
            {trans.__('Go to the notebook')}
          </Button>
        </Empty>
      ) : (
        <>
          <Summary {...props} />
          <div className="mage-Turn-tabs">
            <Tabs
              label={trans.__('Parts of the preview')}
              selected={part}
              onSelect={setPart}
              tabs={[
                ['cells', trans.__('Cells')],
                ['pipeline', trans.__('Pipeline')]
              ]}
            />
          </div>
          <div className="mage-Turn-body" data-part={part}>
            <ol
              className="mage-Turn-cells"
              data-mage-region
              aria-label={trans.__('Cells')}
              onKeyDown={event => {
                if (!(event.target instanceof HTMLInputElement)) {
                  moveFocus(event, '.mage-TurnCell-role');
                }
              }}
            >
              {cells.map(cell => (
                <TurnCell
                  key={cell.id}
                  cell={cell}
                  analysis={turned.analysis}
                  languages={props.languages}
                  onChange={change => model.change(cell.id, change)}
                  onGo={actions.goTo}
                  trans={trans}
                />
              ))}
            </ol>
            <section
              className="mage-Turn-outcome"
              data-mage-region
              aria-label={trans.__('Outcome')}
            >
              <Outcome
                analysis={turned.analysis}
                problems={model.problems}
                onGo={actions.goTo}
                trans={trans}
              />
            </section>
          </div>
        </>
      )}
    </>
  );
}

function Buttons(props: ITurningProps): JSX.Element {
  const { model, applying, actions, context } = props;
  const { mage, trans } = context;
  const blocks = model.turned?.analysis.blocks.length ?? 0;
  const offline = !mage.connection.online;
  return (
    <>
      <span className="mage-mod-grey">
        {trans.__('The notebook is not changed yet')}
      </span>
      {model.isChanged ? (
        <Button
          title={trans.__('Take back what you changed of the guess')}
          onClick={() => model.reset()}
        >
          {trans.__('Start over')}
        </Button>
      ) : null}
      <Button onClick={actions.close}>{trans.__('Cancel')}</Button>
      <Button
        look="main"
        disabled={offline || applying || blocks === 0 || model.error !== null}
        title={offline ? trans.__('No connection to the server') : undefined}
        onClick={actions.apply}
      >
        {applying
          ? trans.__('Changing the notebook…')
          : trans._n('Make %1 block', 'Make %1 blocks', blocks)}
      </Button>
    </>
  );
}

/** What comes of it, in figures. */
function Summary({ model, context }: ITurningProps): JSX.Element {
  const { trans } = context;
  const { cells, suggestions, turned } = model;
  const { analysis } = turned ?? { analysis: null };
  const scratch = cells.filter(({ role }) => role === null).length;
  const variables = Object.keys(analysis?.variables ?? {});
  const errors = model.problems.filter(({ severity }) => severity === 'error');
  return (
    <dl className="mage-Export-impact">
      <div>
        <dt>{trans.__('Becomes')}</dt>
        <dd>
          <strong>
            {trans._n('%1 block', '%1 blocks', analysis?.blocks.length ?? 0)}
          </strong>{' '}
          {trans.__('of pipeline %1', analysis?.pipeline ?? '')}
        </dd>
      </div>
      <div>
        <dt>{trans.__('Stays scratch')}</dt>
        <dd>
          <strong>{trans._n('%1 cell', '%1 cells', scratch)}</strong>
        </dd>
      </div>
      <div>
        <dt>{trans.__('Runtime variables')}</dt>
        <dd className="mage-mod-ellipsis" title={variables.join(', ')}>
          {variables.length > 0 ? (
            <code>{variables.join(', ')}</code>
          ) : (
            trans.__('none')
          )}
        </dd>
      </div>
      <div>
        <dt>{trans.__('Stops the export')}</dt>
        <dd>
          <strong>
            {errors.length > 0
              ? trans._n('%1 problem', '%1 problems', errors.length)
              : trans.__('nothing')}
          </strong>
        </dd>
      </div>
      {suggestions.length > 0 ? (
        <div>
          <dt>{trans.__('Belong together')}</dt>
          <dd>
            <Button look="link" onClick={() => model.joinAll()}>
              {trans._n(
                'Join %1 cell with the one above',
                'Join %1 cells with those above',
                suggestions.length
              )}
            </Button>
          </dd>
        </div>
      ) : null}
    </dl>
  );
}

function Trouble({ model, context }: ITurningProps): JSX.Element | null {
  const { trans } = context;
  if (model.error === null || model.error.offline) {
    return null;
  }
  return (
    <Banner
      tone="bad"
      title={trans.__('This cannot be made.')}
      actions={
        <Button onClick={() => void model.read()}>
          {trans.__('Read again')}
        </Button>
      }
    >
      {model.error.message}
    </Banner>
  );
}
