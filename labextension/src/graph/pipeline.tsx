import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import * as React from 'react';

import type { LogModel } from '../model';
import { RunRows } from '../runs/rows';
import { CommandIDs } from '../tokens';
import { TriggerRows } from '../triggers/rows';
import {
  Banner,
  Bars,
  Button,
  Empty,
  type IContext,
  OfflineBanner,
  plusIcon,
  useNow,
  useSignals
} from '../ui';
import type { ICanvasProps } from './canvas';
import { Held } from './held';
import { Inspector } from './inspector';
import { Live } from './live';
import type { IPart, PipelineState } from './model';
import { openBlock, openFile } from './open';
import { statuses } from './status';
import { type Page, Toolbar, VariablesBar } from './toolbar';
import { Tree } from './tree';

const Canvas = React.lazy<React.ComponentType<ICanvasProps>>(
  () => import('./canvas')
);

/**
 * The pipeline view: toolbar, tree, graph, inspector, and the run that is on.
 */
export function PipelinePage(props: {
  /** What is shown. */
  state: PipelineState;
  /** The log of the newest run, while it is live. */
  log: LogModel | null;
  /** Colours code. */
  languages: IEditorLanguageRegistry | null;
  /** Commands and words. */
  context: IContext;
}): JSX.Element {
  const { state, context } = props;
  const { mage, trans, commands } = context;
  useSignals(state.changed, mage.connection.changed);
  const [page, setPage] = React.useState<Page>('graph');
  const [search, setSearch] = React.useState('');
  const [asking, setAsking] = React.useState(false);
  const [floats, setFloats] = React.useState(false);
  const pipeline = state.pipeline.value;
  const error = state.pipeline.error;
  const online = mage.connection.online;
  const run = state.run;
  const live = run?.state === 'running' || run?.state === 'queued';
  const now = useNow(live);
  const known = React.useMemo(
    () => statuses(run, trans, now, online),
    [run, trans, now, online]
  );

  const start = (part: IPart): void => {
    setAsking(false);
    void state.start(part);
  };
  const openCode = (name: string): void => {
    void state.attempt(() => openBlock(state, name, commands));
  };
  const openNotebook = (): void => {
    void state.attempt(async () => {
      const path = await mage.client.notebooks.open(state.project, state.name);
      await commands.execute('docmanager:open', { path });
    });
  };
  const newBlock = (): void => {
    void commands.execute(CommandIDs.newBlock, {
      project: state.project,
      pipeline: state.name
    });
  };
  const newTrigger = (): void => {
    void commands.execute(CommandIDs.newTrigger, {
      project: state.project,
      pipeline: state.name
    });
  };

  if (!pipeline) {
    return (
      <>
        <OfflineBanner context={context} />
        {error && online ? (
          <Banner
            tone="bad"
            title={trans.__('%1 cannot be read.', state.name)}
            actions={
              <Button onClick={() => void state.pipeline.refresh()}>
                {trans.__('Check again')}
              </Button>
            }
          >
            {error.message}
          </Banner>
        ) : (
          <Bars
            rows={6}
            height={24}
            text={trans.__('Reading %1…', state.name)}
          />
        )}
      </>
    );
  }

  const block = pipeline.blocks.find(one => one.name === state.selected);
  return (
    <div
      className="mage-Pipeline"
      onKeyDown={event => {
        const typing = event.target instanceof HTMLInputElement;
        if (typing || event.ctrlKey || event.metaKey || event.altKey) {
          return;
        }
        if (event.key === '/') {
          event.currentTarget
            .querySelector<HTMLElement>('.mage-Toolbar input')
            ?.focus();
          event.preventDefault();
        } else if (event.key.toLowerCase() === 'r' && block && online) {
          start(event.shiftKey ? { from: block.name } : { block: block.name });
        }
      }}
    >
      <Toolbar
        page={page}
        search={search}
        online={online}
        ready={online && pipeline.blocks.length > 0}
        starting={state.starting}
        variables={Object.keys(pipeline.variables).length > 0}
        context={context}
        onRun={() => start({})}
        onVariables={() => setAsking(!asking)}
        onNew={newBlock}
        onNotebook={openNotebook}
        onFile={() =>
          void state.attempt(() =>
            openFile(
              state,
              `pipelines/${pipeline.name}/metadata.yaml`,
              commands
            )
          )
        }
        onPage={setPage}
        onSearch={setSearch}
      />
      <OfflineBanner context={context} />
      {(state.problem ?? (error && online ? error.message : null)) ? (
        <Banner
          tone="bad"
          title={state.problem ?? error?.message ?? ''}
          actions={
            <Button look="bare" onClick={() => state.forget()}>
              {trans.__('Close')}
            </Button>
          }
        />
      ) : null}
      {state.held ? (
        <Held state={state} held={state.held} context={context} />
      ) : null}
      {asking ? (
        <VariablesBar
          defaults={pipeline.variables}
          context={context}
          onRun={variables => start({ variables })}
          onClose={() => setAsking(false)}
        />
      ) : null}
      {page === 'graph' || page === 'block' ? (
        pipeline.blocks.length === 0 ? (
          <Empty
            title={trans.__('No blocks yet')}
            text={trans.__(
              'Tag the cells of the notebook as blocks and export it, or make a block from a template.'
            )}
          >
            <Button look="main" onClick={openNotebook}>
              {trans.__('Open the notebook')}
            </Button>
            <Button icon={plusIcon} disabled={!online} onClick={newBlock}>
              {trans.__('New block…')}
            </Button>
          </Empty>
        ) : (
          <div className="mage-Pipeline-body" data-page={page}>
            <Tree
              pipeline={pipeline}
              statuses={known}
              selected={state.selected}
              search={search}
              context={context}
              onSelect={name => state.select(name)}
              onOpen={openCode}
            />
            <div className="mage-Pipeline-middle">
              <React.Suspense fallback={null}>
                <Canvas
                  pipeline={pipeline}
                  statuses={known}
                  selected={state.selected}
                  product={state.product}
                  context={context}
                  onSelect={name => state.select(name)}
                  onOpen={openCode}
                  onFloat={setFloats}
                />
              </React.Suspense>
              {run ? (
                <Live
                  run={run}
                  log={props.log}
                  online={online}
                  context={context}
                  onCancel={() =>
                    state.attempt(async () => state.runModel?.cancel())
                  }
                />
              ) : null}
            </div>
            {block ? (
              <Inspector
                pipeline={pipeline}
                block={block}
                read={state.block?.name === block.name ? state.block : null}
                product={state.product}
                preview={!floats}
                status={known.get(block.name)}
                past={state.history.runs}
                online={online}
                languages={props.languages}
                context={context}
                onRun={start}
                onOpen={openCode}
              />
            ) : null}
          </div>
        )
      ) : page === 'runs' ? (
        <div className="mage-Pipeline-list">
          {state.runs.items.length > 0 ? (
            <RunRows
              runs={state.runs.items}
              context={context}
              onEnd={() => void state.runs.more()}
            />
          ) : (
            <Empty
              text={trans.__(
                'Nothing has run yet. Runs show here while they happen.'
              )}
            />
          )}
        </div>
      ) : (
        <div className="mage-Pipeline-list">
          <div className="mage-Pipeline-listHead">
            <Button icon={plusIcon} disabled={!online} onClick={newTrigger}>
              {trans.__('New trigger…')}
            </Button>
          </div>
          {state.triggers.value?.length ? (
            <TriggerRows
              triggers={state.triggers.value}
              online={online}
              context={context}
              onProblem={sentence =>
                void state.attempt(() => Promise.reject(new Error(sentence)))
              }
              onSwitched={() => void state.triggers.refresh()}
            />
          ) : (
            <Empty text={trans.__('No trigger starts %1.', pipeline.name)} />
          )}
        </div>
      )}
    </div>
  );
}
