import { PathExt } from '@jupyterlab/coreutils';
import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import * as React from 'react';

import type { Diagnostic } from '../contract';
import type { IContext } from '../ui';
import { Banner, Bars, Button, Empty, OfflineBanner, useSignals } from '../ui';
import { FileDiff } from './filediff';
import { FileList } from './files';
import { Impact } from './impact';
import type { ExportModel } from './model';
import { homeOf } from './model';
import { Notes } from './notes';

/** What the export's tab leads to. */
export interface IExportActions {
  /** Close the tab. */
  close: () => void;

  /** Go to the cell of a diagnostic. */
  goTo: (diagnostic: Diagnostic) => void;

  /** Write the files, and do what was asked for after that. */
  write: () => void;

  /** Open the pipeline. */
  openPipeline: () => void;

  /** Start a run. */
  run: () => void;
}

/** What an export would do, file by file, and the button that does it. */
export function ExportPreview(props: {
  model: ExportModel;
  /** Whether a run follows the export. */
  thenRun: boolean;
  /** Whether a run is being started. */
  starting: boolean;
  actions: IExportActions;
  context: IContext;
  languages: IEditorLanguageRegistry | null;
}): JSX.Element {
  const { model, context, actions } = props;
  const { trans } = context;
  useSignals(model.changed, context.mage.connection.changed);
  const [chosen, setChosen] = React.useState<string | null>(null);
  const [columns, setColumns] = React.useState<1 | 2 | null>(null);
  // A way in that asks for a cell shows its file, until the reader chooses another.
  React.useEffect(() => setChosen(null), [model.focus]);
  const { changes } = model;
  const file =
    changes.find(change => change.path === chosen) ??
    changes.find(change => change.cell_id === model.focus && model.focus) ??
    changes[0];
  const name = PathExt.basename(model.path);
  return (
    <>
      <header className="mage-Export-head">
        <h1>{trans.__('Export %1', name)}</h1>
        {model.outcome ? (
          <span className="mage-mod-grey">
            {trans.__('to pipeline %1', model.outcome.pipeline)}
          </span>
        ) : null}
        <span className="mage-Export-space" />
        <Buttons {...props} />
      </header>
      <OfflineBanner context={context} />
      <Trouble {...props} />
      {model.stage === 'reading' ? (
        <Bars rows={5} height={28} text={trans.__('Reading %1…', name)} />
      ) : null}
      {model.stage === 'homeless' ? (
        <Homeless model={model} context={context} close={actions.close} />
      ) : null}
      {model.outcome && model.stage !== 'homeless' && file ? (
        <>
          <Impact model={model} trans={trans} />
          <div className="mage-Export-body">
            <FileList
              changes={changes}
              selected={file.path}
              onSelect={setChosen}
              trans={trans}
            />
            <FileDiff
              key={file.path}
              change={file}
              languages={props.languages}
              columns={columns}
              onColumns={setColumns}
              trans={trans}
            />
          </div>
        </>
      ) : null}
      {model.outcome ? (
        <Notes
          diagnostics={model.outcome.diagnostics}
          onGo={actions.goTo}
          trans={trans}
        />
      ) : null}
    </>
  );
}

function Buttons(props: {
  model: ExportModel;
  thenRun: boolean;
  starting: boolean;
  actions: IExportActions;
  context: IContext;
}): JSX.Element | null {
  const { model, actions, thenRun } = props;
  const { mage, trans } = props.context;
  const offline = !mage.connection.online;
  const title = offline ? trans.__('No connection to the server') : undefined;
  const { count, problems, stage } = model;
  if (stage === 'written' || (stage === 'ready' && nothingToDo(model))) {
    return (
      <>
        <span className="mage-mod-grey" role="status">
          {stage === 'written'
            ? trans._n(
                '%1 file written',
                '%1 files written',
                written(model).length
              )
            : trans.__('Files and notebook are the same. Nothing to export.')}
        </span>
        <Button onClick={actions.openPipeline}>
          {trans.__('Open pipeline')}
        </Button>
        <Button
          look="main"
          disabled={offline || props.starting}
          title={title}
          onClick={actions.run}
        >
          {props.starting ? trans.__('Starting…') : trans.__('Run pipeline')}
        </Button>
      </>
    );
  }
  if (stage !== 'ready' && stage !== 'writing') {
    return null;
  }
  const cancel = (
    <>
      <span className="mage-mod-grey">
        {trans.__('Nothing is written yet')}
      </span>
      <Button onClick={actions.close}>{trans.__('Cancel')}</Button>
    </>
  );
  if (problems.length > 0) {
    return (
      <>
        {cancel}
        <Button look="main" onClick={() => actions.goTo(problems[0])}>
          {trans._n(
            'Mend %1 problem first',
            'Mend %1 problems first',
            problems.length
          )}
        </Button>
      </>
    );
  }
  const conflicts = (model.outcome?.conflicts.length ?? 0) > 0;
  return (
    <>
      {cancel}
      <Button
        look="main"
        disabled={offline || conflicts || stage === 'writing'}
        title={title}
        onClick={actions.write}
      >
        {stage === 'writing'
          ? trans.__('Exporting…')
          : thenRun
            ? trans._n(
                'Export %1 file and run',
                'Export %1 files and run',
                count
              )
            : trans._n('Export %1 file', 'Export %1 files', count)}
      </Button>
    </>
  );
}

function written(model: ExportModel): string[] {
  const { outcome } = model;
  return [...(outcome?.written ?? []), ...(outcome?.removed ?? [])];
}

function nothingToDo(model: ExportModel): boolean {
  return (
    model.count === 0 &&
    model.problems.length === 0 &&
    (model.outcome?.conflicts.length ?? 0) === 0
  );
}

function Trouble(props: {
  model: ExportModel;
  context: IContext;
}): JSX.Element | null {
  const { model, context } = props;
  const { trans } = context;
  if (model.error && !model.error.offline) {
    return (
      <Banner
        tone="bad"
        title={trans.__('Nothing was written.')}
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
  const conflict = model.outcome?.conflicts[0];
  if (conflict) {
    return (
      <Banner
        tone="warn"
        title={trans.__('%1 changed in both places.', conflict.path)}
      >
        {conflict.message}
      </Banner>
    );
  }
  return null;
}

function Homeless(props: {
  model: ExportModel;
  context: IContext;
  close: () => void;
}): JSX.Element {
  const { model, close } = props;
  const { trans } = props.context;
  const folder = homeOf(model.path);
  return (
    <Empty
      title={trans.__('This folder is not a project yet')}
      text={trans.__(
        'A project is a folder that keeps pipelines, blocks and triggers as files, ready for git. %1 gets a metadata.yaml; nothing that is there changes.',
        folder || trans.__('The top folder')
      )}
    >
      <Button look="main" onClick={() => void model.makeProject()}>
        {trans.__('Make this folder a project')}
      </Button>{' '}
      <Button onClick={close}>{trans.__('Cancel')}</Button>
    </Empty>
  );
}
