import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { Workbench } from '../model';
import type { DriftKind } from '../cells/drift';
import { automaticOf } from '../cells/mending';
import type { AnalysedBlock } from '../contract';
import {
  Banner,
  Button,
  Empty,
  moveFocus,
  SeverityMark,
  TypeBadge,
  typeWord
} from '../ui';
import { BlockDetails } from './details';
import { RailGraph, railWidth } from './graph';
import { layOut } from './lanes';

/** What the rail can do. */
export interface IRailActions {
  /** Go to a block's cell. */
  goTo: (cell: string) => void;

  /** Go to the next problem. */
  next: () => void;

  /** Show which pipeline the notebook would become. */
  turn: () => void;

  /** Carry out the fixes that leave no choice. */
  mendAll: () => void;

  /** Open the run that was the last. */
  openRun: (run: string) => void;

  /** Show how a block's cell, its file and its last run disagree. */
  showDrift: (cell: string, kind: DriftKind) => void;
}

/** The blocks of the current notebook, in its order, and what is known of the active one. */
export function Rail(props: {
  workbench: Workbench | null;
  active: string | null;
  mending: boolean;
  actions: IRailActions;
  trans: TranslationBundle;
}): JSX.Element {
  const { workbench, trans, actions } = props;
  if (workbench === null) {
    return (
      <Empty
        text={trans.__('Open a notebook to see the blocks it is made of.')}
      />
    );
  }
  if (!workbench.isPipeline) {
    return (
      <Empty
        title={trans.__('No cell is a block yet')}
        text={trans.__(
          'Pick a type in a cell’s toolbar, or let the code decide:'
        )}
      >
        <Button onClick={actions.turn}>
          {trans.__('Turn this notebook into a pipeline…')}
        </Button>
      </Empty>
    );
  }
  return (
    <>
      {workbench.error && !workbench.error.offline ? (
        <Banner
          tone="bad"
          title={trans.__('This notebook cannot be analysed.')}
        >
          {workbench.error.message}
        </Banner>
      ) : null}
      <Blocks {...props} workbench={workbench} />
    </>
  );
}

function Blocks(props: {
  workbench: Workbench;
  active: string | null;
  mending: boolean;
  actions: IRailActions;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { workbench, active, actions, trans } = props;
  const { analysis, last } = workbench;
  const rail = React.useMemo(() => layOut(analysis?.blocks ?? []), [analysis]);
  if (analysis === null) {
    return null;
  }
  const { blocks } = analysis;
  const index = blocks.findIndex(block => block.cell_id === active);
  const block = blocks[index];
  return (
    <>
      <header className="mage-Rail-head">
        <span className="mage-mod-ellipsis" title={analysis.pipeline}>
          {analysis.pipeline}
        </span>
      </header>
      <div className="mage-Rail-scroll">
        <div
          className="mage-Rail-list"
          role="listbox"
          aria-label={trans.__('Blocks of %1', analysis.pipeline)}
          onKeyDown={event => moveFocus(event, '[role="option"]')}
        >
          <RailGraph rail={rail} blocks={blocks} active={index} />
          {blocks.map((row, at) => (
            <Row
              key={row.cell_id}
              block={row}
              selected={at === index}
              focusable={at === Math.max(0, index)}
              left={railWidth(rail)}
              problem={workbench.diagnostics(row.cell_id)[0]?.severity ?? null}
              onOpen={() => actions.goTo(row.cell_id)}
              trans={trans}
            />
          ))}
        </div>
        {block ? (
          <BlockDetails
            block={block}
            analysis={analysis}
            last={last.block(block.name)}
            onOpenRun={() => last.run && actions.openRun(last.run.id)}
            onDrift={kind => actions.showDrift(block.cell_id, kind)}
            trans={trans}
          />
        ) : null}
      </div>
      <Foot {...props} />
    </>
  );
}

/** What stops the export, and the way to mend it. */
function Foot(props: {
  workbench: Workbench;
  mending: boolean;
  actions: IRailActions;
  trans: TranslationBundle;
}): JSX.Element | null {
  const { workbench, mending, actions, trans } = props;
  const errors = workbench.diagnostics(undefined, 'error').length;
  const clear = workbench
    .diagnostics()
    .filter(one => automaticOf(one) !== null).length;
  if (errors === 0 && clear === 0) {
    return null;
  }
  return (
    <footer className="mage-Rail-foot">
      {errors > 0 ? (
        <div>
          <SeverityMark severity="error" trans={trans} />
          <span>
            {trans._n(
              '%1 problem stops the export',
              '%1 problems stop the export',
              errors
            )}
          </span>
          <Button look="link" onClick={actions.next}>
            {trans.__('Next')}
          </Button>
        </div>
      ) : null}
      {clear > 0 ? (
        <Button
          disabled={mending}
          title={trans.__('Fix all problems that leave no choice')}
          onClick={actions.mendAll}
        >
          {mending
            ? trans.__('Fixing…')
            : trans._n(
                'Fix %1 that leaves no choice',
                'Fix %1 that leave no choice',
                clear
              )}
        </Button>
      ) : null}
    </footer>
  );
}

function Row(props: {
  block: AnalysedBlock;
  selected: boolean;
  focusable: boolean;
  left: number;
  problem: 'error' | 'warning' | 'info' | null;
  onOpen: () => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { block, selected, problem, trans } = props;
  return (
    <div
      role="option"
      className="mage-Rail-row"
      data-mage-cell={block.cell_id}
      tabIndex={props.focusable ? 0 : -1}
      aria-selected={selected}
      aria-label={trans.__('%1, %2', block.name, typeWord(block.type, trans))}
      style={{ paddingLeft: props.left }}
      title={block.name}
      onClick={props.onOpen}
      onKeyDown={event => event.key === 'Enter' && props.onOpen()}
    >
      <span className="mage-mod-ellipsis">{block.name}</span>
      {problem ? <SeverityMark severity={problem} trans={trans} /> : null}
      {selected ? <TypeBadge type={block.type} /> : null}
    </div>
  );
}
