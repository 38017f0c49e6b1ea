import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import * as React from 'react';

import type { Block, Pipeline, Product, Run } from '../contract';
import { CommandIDs } from '../tokens';
import {
  between,
  Button,
  Code,
  duration,
  type IContext,
  isOutput,
  productName,
  runIcon,
  shape,
  size,
  StateMark,
  stateWord,
  TypeBadge,
  typeWord
} from '../ui';
import { PastBars } from './past';
import { downstream } from './order';
import { Preview } from './preview';
import type { IBlockStatus } from './status';

/** The parts of a run that a block's buttons start. */
export interface IPart {
  /** That block alone. */
  block?: string;
  /** That block and all above it. */
  upto?: string;
  /** That block and all below it. */
  from?: string;
}

/** A fact: its word and what it is. */
function Fact(props: {
  word: string;
  end?: string;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <div className="mage-Fact">
      <dt>{props.word}</dt>
      <dd className="mage-mod-ellipsis">{props.children}</dd>
      {props.end ? <dd className="mage-mod-grey">{props.end}</dd> : null}
    </div>
  );
}

/**
 * What there is to know about the selected block, and what can be done with it.
 */
export function Inspector(props: {
  /** The pipeline. */
  pipeline: Pipeline;
  /** The selected block, as the pipeline lists it. */
  block: Block;
  /** The same with its code, once it was read. */
  read: Block | null;
  /** Its product with the first rows. */
  product: Product | null;
  /** What to say about it. */
  status: IBlockStatus | undefined;
  /** The last runs, oldest first. */
  past: readonly Run[];
  /** Whether the server answers. */
  online: boolean;
  /** Colours code. */
  languages: IEditorLanguageRegistry | null;
  /** Commands and words. */
  context: IContext;
  /** Called to run a part of the pipeline. */
  onRun: (part: IPart) => void;
  /** Called to open the block's code. */
  onOpen: (name: string) => void;
}): JSX.Element {
  const { pipeline, block, read, product, status, online, context } = props;
  const { trans, commands } = context;
  const run = status?.run ?? null;
  const used = downstream(pipeline.blocks).get(block.name) ?? [];
  const took = run && between(run.started_at, run.ended_at);
  const waited = run && between(run.ready_at, run.started_at);
  return (
    <aside
      className="mage-Inspector"
      data-mage-region
      aria-label={trans.__('Block %1', block.name)}
    >
      <div className="mage-Inspector-head">
        <TypeBadge type={block.type} trans={trans} />
        <h2 className="mage-mod-ellipsis" title={block.name}>
          {block.name}
        </h2>
        {status?.state ? (
          <>
            <StateMark state={status.state} />
            <span>{stateWord(status.state, trans)}</span>
          </>
        ) : null}
      </div>
      <div className="mage-Inspector-buttons">
        <Button
          icon={runIcon}
          disabled={!online}
          title={trans.__('Run this block and all below it')}
          onClick={() => props.onRun({ from: block.name })}
        >
          {trans.__('Run from here')}
        </Button>
        <Button
          disabled={!online}
          title={trans.__('Run this block alone, in a clean namespace')}
          onClick={() => props.onRun({ block: block.name })}
        >
          {trans.__('Run this block')}
        </Button>
      </div>
      <div className="mage-Inspector-body">
        <dl>
          <Fact word={trans.__('Type')}>{typeWord(block.type, trans)}</Fact>
          {run?.products.map(one => (
            <Fact
              key={one.id}
              word={isOutput(one) ? trans.__('Output') : trans.__('Product')}
              end={size(one.bytes)}
            >
              <Button
                look="link"
                onClick={() =>
                  void commands.execute(CommandIDs.openProduct, {
                    product: one.id
                  })
                }
              >
                <span className="mage-mod-code">{productName(one, trans)}</span>{' '}
                {one.rows === null ? one.type : shape(one, trans)}
              </Button>
            </Fact>
          ))}
          {block.upstream.map((name, index) => {
            const names =
              pipeline.edges.find(
                edge => edge.from === name && edge.to === block.name
              )?.names ?? [];
            return (
              <Fact key={name} word={index === 0 ? trans.__('Inputs') : ''}>
                {names.length > 0 ? (
                  <span className="mage-mod-code">{names.join(', ')} </span>
                ) : null}
                <span className="mage-mod-grey">
                  {names.length > 0
                    ? trans.__('from %1', name)
                    : trans.__('after %1', name)}
                </span>
              </Fact>
            );
          })}
          {used.length > 0 ? (
            <Fact word={trans.__('Used by')}>
              {used.map(one => one.name).join(', ')}
            </Fact>
          ) : null}
          {took !== null && run?.started_at ? (
            <Fact word={trans.__('Took')}>
              {run.cached ? trans.__('reused') : duration(took)}
            </Fact>
          ) : null}
          {waited !== null && run?.started_at && !run.cached ? (
            <Fact word={trans.__('Waited')}>{duration(waited)}</Fact>
          ) : null}
          {run && run.attempts > 0 ? (
            <Fact word={trans.__('Attempts')}>{run.attempts}</Fact>
          ) : null}
          {run?.peak_memory ? (
            <Fact word={trans.__('Memory')}>
              {trans.__('%1 at most', size(run.peak_memory))}
            </Fact>
          ) : null}
        </dl>
        {run?.error ? (
          <p className="mage-mod-bad mage-Inspector-error">
            {trans.__('%1: %2', run.error.type, run.error.message)}
          </p>
        ) : null}
        {product?.preview ? (
          <Preview product={product} context={context} />
        ) : null}
        <PastBars runs={props.past} block={block.name} context={context} />
      </div>
      <div className="mage-Inspector-code">
        <div className="mage-Inspector-codeHead">
          <h2>{trans.__('Code')}</h2>
          <Button look="link" onClick={() => props.onOpen(block.name)}>
            <span className="mage-mod-ellipsis">{block.file}</span>
          </Button>
        </div>
        {read?.code ? (
          <Code
            text={read.code.trimEnd()}
            language={block.language}
            languages={props.languages}
          />
        ) : null}
      </div>
    </aside>
  );
}
