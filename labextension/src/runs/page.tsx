import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import * as React from 'react';

import {
  Banner,
  Bars,
  Button,
  Empty,
  type IContext,
  isOutput,
  OfflineBanner,
  Tabs,
  useNow,
  useSignals
} from '../ui';
import { AttemptsTab } from './attempts';
import { ErrorTab } from './error';
import { Head } from './head';
import { LogPane } from './log';
import type { RunState } from './model';
import { OutputTab } from './output';
import { ProductsTab } from './products';
import { Table } from './table';

/** What the lower left part shows. */
type Part = 'error' | 'products' | 'output' | 'attempts';

/**
 * The run view: head, one table of blocks, last runs and times; below error and products, and the log.
 */
export function RunPage(props: {
  /** What is shown. */
  state: RunState;
  /** Colours code. */
  languages: IEditorLanguageRegistry | null;
  /** The host's renderers. */
  registry: IRenderMimeRegistry | null;
  /** Commands and words. */
  context: IContext;
}): JSX.Element {
  const { state, context } = props;
  const { mage, trans } = context;
  useSignals(state.changed, mage.connection.changed);
  const [chosen, setChosen] = React.useState<Part | null>(null);
  const { run, model } = state;
  const now = useNow(run?.state === 'running');
  const online = mage.connection.online;
  const id = run?.id;
  React.useEffect(() => setChosen(null), [id]);
  if (!run) {
    return (
      <>
        <OfflineBanner context={context} />
        {model.error && online ? (
          <Empty
            title={trans.__('This run cannot be shown')}
            text={model.error.message}
          />
        ) : (
          <Bars rows={6} height={24} text={trans.__('Reading the run…')} />
        )}
      </>
    );
  }
  const one = run.block_runs.find(at => at.block === state.block) ?? null;
  const error = one?.error ?? (one === null ? run.error : null);
  const attempts = state.attempts.filter(at => at.block === one?.block);
  const parts: (readonly [Part, string])[] = [
    ['products', trans.__('Products')]
  ];
  if (error) {
    parts.unshift(['error', trans.__('Error')]);
  }
  if (run.block_runs.some(at => at.products.some(isOutput))) {
    parts.push(['output', trans.__('Output')]);
  }
  if (attempts.length > 1) {
    parts.push(['attempts', trans.__('Attempts %1', attempts.length)]);
  }
  const tab = parts.find(([part]) => part === chosen)?.[0] ?? parts[0][0];
  return (
    <>
      <OfflineBanner context={context} />
      {state.problem ? (
        <Banner
          tone="bad"
          title={state.problem}
          actions={
            <Button look="bare" onClick={() => state.forget()}>
              {trans.__('Close')}
            </Button>
          }
        />
      ) : null}
      <Head state={state} run={run} context={context} />
      <Table state={state} run={run} context={context} />
      <div className="mage-Run-below">
        <section
          className="mage-Run-left"
          data-mage-region
          aria-label={trans.__('What came of it')}
        >
          <Tabs
            label={trans.__('What came of it')}
            selected={tab}
            onSelect={setChosen}
            tabs={parts}
          />
          <div className="mage-Run-tab" role="tabpanel">
            {tab === 'error' && error ? (
              <ErrorTab
                state={state}
                run={run}
                one={one}
                error={error}
                languages={props.languages}
                context={context}
              />
            ) : tab === 'attempts' ? (
              <AttemptsTab
                run={run}
                attempts={attempts}
                now={now}
                context={context}
              />
            ) : tab === 'output' ? (
              <OutputTab
                run={run}
                block={state.picked ? state.block : null}
                displayed={state.displayed}
                registry={props.registry}
                context={context}
                onAll={() => state.pick(null)}
              />
            ) : (
              <ProductsTab
                run={run}
                block={state.picked ? state.block : null}
                context={context}
                onAll={() => state.pick(null)}
              />
            )}
          </div>
        </section>
        <LogPane
          log={state.log}
          run={run}
          block={state.picked ? state.block : run.failed_block}
          context={context}
        />
      </div>
    </>
  );
}
