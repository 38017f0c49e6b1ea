import * as React from 'react';

import { sentence } from '../client';
import {
  Banner,
  Bars,
  Button,
  Empty,
  type IContext,
  notebookIcon,
  OfflineBanner,
  useSignals
} from '../ui';
import { Chips, Head, Search } from './head';
import type { ProjectLists } from './lists';
import { type Chip, chipCounts, type Order, ordered } from './order';
import { PIPELINE_HEIGHT, PipelineRows } from './pipelines';
import { RUN_HEIGHT, RunRows } from '../runs/rows';
import { Section } from './section';
import { TRIGGER_HEIGHT, TriggerRows } from '../triggers/rows';
import { Welcome } from './welcome';

/** What the sidebar asks of its panel. */
export interface ISidebarActions {
  /** The folder that the file browser shows, for people. */
  folder: () => string;
  /** Make a project of that folder, or of a new one with the demo. */
  makeProject: (demo: boolean) => Promise<void>;
  /** Make a pipeline with its notebook, and open that. */
  makePipeline: (name: string) => Promise<void>;
  /** Let the user pick a notebook and open it beside the list of its blocks. */
  pickNotebook: () => Promise<void>;
  /** Choose another project from a menu. */
  chooseProject: (x: number, y: number) => void;
}

/**
 * The sidebar: Pipelines, Triggers and Runs of a project, live.
 */
export function Sidebar(props: {
  /** The three lists. */
  lists: ProjectLists;
  /** The pipeline that the current tab shows. */
  selected: string | null;
  /** What it asks of its panel. */
  actions: ISidebarActions;
  /** Commands and words. */
  context: IContext;
}): JSX.Element {
  const { lists, actions, context } = props;
  const { mage, trans } = context;
  useSignals(lists.changed, mage.connection.changed, mage.projects.changed);
  const [chip, setChip] = React.useState<Chip>('all');
  const [order, setOrder] = React.useState<Order>('failure');
  const [folded, setFolded] = React.useState<readonly string[]>([]);
  const [problem, setProblem] = React.useState<string | null>(null);
  const online = mage.connection.online;
  const project = mage.projects.current;
  const guard = (work: Promise<void>): Promise<void> =>
    work.then(
      () => setProblem(null),
      (error: unknown) => setProblem(sentence(error))
    );
  const trouble = problem ?? lists.pipelines?.error?.message ?? null;
  const banner =
    online && trouble !== null ? (
      <Banner
        tone="bad"
        title={trouble}
        actions={
          problem ? (
            <Button look="bare" onClick={() => setProblem(null)}>
              {trans.__('Close')}
            </Button>
          ) : (
            <Button onClick={() => void lists.refresh()}>
              {trans.__('Try again')}
            </Button>
          )
        }
      />
    ) : null;

  if (!project || !lists.pipelines || !lists.triggers || !lists.runs) {
    return (
      <>
        <OfflineBanner context={context} />
        {banner}
        {mage.projects.loading ? (
          <Bars rows={5} height={40} text={trans.__('Reading projects…')} />
        ) : (
          <Welcome
            folder={actions.folder()}
            online={online}
            trans={trans}
            onMake={demo => guard(actions.makeProject(demo))}
          />
        )}
      </>
    );
  }

  const { search } = lists;
  const all = lists.pipelines.items;
  const rows = ordered(all, chip, order);
  const fits = (text: string): boolean =>
    text.toLowerCase().includes(search.toLowerCase());
  const triggers = (lists.triggers.value ?? []).filter(
    trigger => fits(trigger.name) || fits(trigger.pipeline)
  );
  const runs = lists.runs.items;
  const live = runs.filter(run => run.state === 'running').length;
  const queued = runs.filter(run => run.state === 'queued').length;
  const section = (key: string): { open: boolean; onToggle: () => void } => ({
    open: !folded.includes(key),
    onToggle: () =>
      setFolded(keys =>
        keys.includes(key) ? keys.filter(one => one !== key) : [...keys, key]
      )
  });
  const clear = (
    <Button look="link" onClick={() => void lists.find('')}>
      {trans.__('Clear search')}
    </Button>
  );
  const plus = (model: { hasMore: boolean }): string =>
    model.hasMore ? '+' : '';

  return (
    <>
      <OfflineBanner context={context} />
      {banner}
      <div className="mage-Sidebar-top" data-mage-region>
        <Head
          project={project.name}
          online={online}
          trans={trans}
          onCreate={name => guard(actions.makePipeline(name))}
          onProject={actions.chooseProject}
        />
        {all.length > 0 || search ? (
          <>
            <Search
              trans={trans}
              value={search}
              onSearch={text => void lists.find(text)}
            />
            <Chips
              counts={chipCounts(all)}
              chosen={chip}
              trans={trans}
              onChoose={setChip}
            />
          </>
        ) : null}
      </div>
      <Section
        title={trans.__('Pipelines')}
        figures={`${all.length}${plus(lists.pipelines)}`}
        {...section('pipelines')}
        tools={
          all.length > 1 ? (
            <select
              className="mage-Section-order"
              aria-label={trans.__('Order of the pipelines')}
              value={order}
              onChange={event => setOrder(event.target.value as Order)}
            >
              <option value="failure">{trans.__('Last failure first')}</option>
              <option value="name">{trans.__('By name')}</option>
              <option value="run">{trans.__('Last run first')}</option>
              <option value="next">{trans.__('Next run first')}</option>
            </select>
          ) : null
        }
      >
        {lists.pipelines.loading ? (
          <Bars
            rows={5}
            height={PIPELINE_HEIGHT}
            text={trans.__('Reading pipelines…')}
          />
        ) : rows.length > 0 ? (
          <PipelineRows
            rows={rows}
            project={project.id}
            selected={props.selected}
            context={context}
          />
        ) : search ? (
          <Empty text={trans.__('No pipeline matches “%1”.', search)}>
            {clear}
          </Empty>
        ) : all.length > 0 ? (
          <Empty text={trans.__('No pipeline is in this state now.')} />
        ) : (
          <Empty
            title={trans.__('No pipelines yet')}
            text={trans.__(
              'Tag a notebook’s cells as blocks, or write a new pipeline.'
            )}
          >
            <Button
              icon={notebookIcon}
              disabled={!online}
              onClick={() => void guard(actions.pickNotebook())}
            >
              {trans.__('Turn a notebook into a pipeline…')}
            </Button>
          </Empty>
        )}
      </Section>
      <Section
        title={trans.__('Triggers')}
        figures={String(triggers.length)}
        {...section('triggers')}
      >
        {lists.triggers.loading ? (
          <Bars
            rows={2}
            height={TRIGGER_HEIGHT}
            text={trans.__('Reading triggers…')}
          />
        ) : triggers.length > 0 ? (
          <TriggerRows
            triggers={triggers}
            online={online}
            context={context}
            onProblem={setProblem}
            onSwitched={() => void lists.triggers?.refresh()}
          />
        ) : search ? (
          <Empty text={trans.__('No trigger matches “%1”.', search)} />
        ) : (
          <Empty
            text={
              all.length > 0
                ? trans.__(
                    'Triggers start a pipeline by schedule. Open a pipeline to add one.'
                  )
                : trans.__(
                    'Triggers start a pipeline by schedule. Make a pipeline first.'
                  )
            }
          />
        )}
      </Section>
      <Section
        title={trans.__('Runs')}
        figures={
          live || queued
            ? queued
              ? trans.__('%1 live, %2 queued', live, queued)
              : trans.__('%1 live', live)
            : `${runs.length}${plus(lists.runs)}`
        }
        {...section('runs')}
      >
        {lists.runs.loading ? (
          <Bars rows={3} height={RUN_HEIGHT} text={trans.__('Reading runs…')} />
        ) : runs.length > 0 ? (
          <RunRows
            runs={runs}
            context={context}
            onEnd={() => {
              if (lists.runs?.hasMore) {
                void lists.runs.more();
              }
            }}
          />
        ) : search ? (
          <Empty text={trans.__('No run matches “%1”.', search)} />
        ) : (
          <Empty
            text={trans.__(
              'Nothing has run yet. Runs show here while they happen.'
            )}
          />
        )}
      </Section>
    </>
  );
}
