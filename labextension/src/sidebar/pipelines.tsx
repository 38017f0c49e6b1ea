import * as React from 'react';

import type { PipelineRow, RunMark } from '../contract';
import { CommandIDs } from '../tokens';
import {
  fully,
  type IContext,
  moveFocus,
  opens,
  SeverityMark,
  StateMark,
  stateWord,
  useNow,
  VirtualList
} from '../ui';
import {
  lastRun,
  rowSentence,
  stripSentence,
  whatComes,
  whatHappened
} from './sentences';

/** The height of a row in px. */
export const PIPELINE_HEIGHT = 40;

/** The marks of the last runs, the newest at the right. */
function Strip(props: {
  runs: readonly RunMark[];
  context: IContext;
}): JSX.Element {
  const { runs, context } = props;
  const { trans } = context;
  return (
    <span
      className="mage-Strip"
      role="img"
      aria-label={stripSentence(runs, trans)}
    >
      {runs.map(run => (
        <span
          key={run.id}
          title={trans.__(
            'Run %1, %2, %3',
            run.number,
            stateWord(run.state, trans).toLowerCase(),
            fully(run.created_at)
          )}
        >
          <StateMark state={run.state} size={9} quiet />
        </span>
      ))}
    </span>
  );
}

/** One pipeline: its last state, name, last runs; what happened and what comes. */
function Row(props: {
  row: PipelineRow;
  project: string;
  selected: boolean;
  first: boolean;
  now: number;
  context: IContext;
}): JSX.Element {
  const { row, project, now, context } = props;
  const { trans, commands } = context;
  const open = (): void => {
    void commands.execute(CommandIDs.openPipeline, {
      project,
      pipeline: row.name
    });
  };
  return (
    <div
      className="mage-Row mage-PipelineRow"
      role="button"
      tabIndex={props.first || props.selected ? 0 : -1}
      aria-label={rowSentence(row, trans, now)}
      aria-current={props.selected}
      data-mage-pipeline={row.name}
      title={row.problem?.message ?? row.description ?? row.name}
      onClick={open}
      onKeyDown={event => opens(event) && open()}
    >
      {row.problem ? (
        <SeverityMark severity="error" />
      ) : (
        <StateMark state={lastRun(row)?.state ?? 'never'} />
      )}
      <span className="mage-Row-lines">
        <span className="mage-Row-line">
          <span className="mage-Row-name mage-mod-ellipsis">{row.name}</span>
          <Strip runs={row.last_runs} context={context} />
        </span>
        <span className="mage-Row-line mage-Row-second">
          <span className="mage-mod-ellipsis">
            {whatHappened(row, trans, now)}
          </span>
          <span className="mage-Row-end">{whatComes(row, trans, now)}</span>
        </span>
      </span>
    </div>
  );
}

/**
 * The pipelines of a project, as a virtual list.
 */
export function PipelineRows(props: {
  /** The rows, in their order. */
  rows: readonly PipelineRow[];
  /** The project's id. */
  project: string;
  /** The pipeline that the current tab shows. */
  selected: string | null;
  /** Commands and words. */
  context: IContext;
}): JSX.Element {
  const { rows, context } = props;
  const quick = rows.some(row => {
    const run = lastRun(row);
    const young =
      run?.ended_at && Date.now() - Date.parse(run.ended_at) < 60000;
    return run?.state === 'running' || Boolean(young);
  });
  const now = useNow(quick);
  return (
    <div
      className="mage-Section-rows"
      style={{ flexBasis: rows.length * PIPELINE_HEIGHT }}
      onKeyDown={event => moveFocus(event, '.mage-PipelineRow')}
    >
      <VirtualList
        items={rows}
        height={PIPELINE_HEIGHT}
        label={context.trans.__('Pipelines')}
        keyOf={row => row.name}
      >
        {(row, index) => (
          <Row
            row={row}
            project={props.project}
            selected={row.name === props.selected}
            first={index === 0}
            now={now}
            context={context}
          />
        )}
      </VirtualList>
    </div>
  );
}
