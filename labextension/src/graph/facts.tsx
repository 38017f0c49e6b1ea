import * as React from 'react';

import type { Block, Pipeline } from '../contract';
import { CommandIDs } from '../tokens';
import {
  between,
  Button,
  duration,
  type IContext,
  isOutput,
  productName,
  shape,
  size,
  typeWord
} from '../ui';
import { downstream } from './order';
import type { IBlockStatus } from './status';

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
 * What a block is, what it reads and gives, and how it fared in the run that is shown.
 */
export function Facts(props: {
  /** The pipeline. */
  pipeline: Pipeline;
  /** The block. */
  block: Block;
  /** What to say about it. */
  status: IBlockStatus | undefined;
  /** Commands and words. */
  context: IContext;
}): JSX.Element {
  const { pipeline, block, status, context } = props;
  const { trans, commands } = context;
  const run = status?.run ?? null;
  const used = downstream(pipeline.blocks).get(block.name) ?? [];
  const took = run && between(run.started_at, run.ended_at);
  const waited = run && between(run.ready_at, run.started_at);
  return (
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
      {took !== null && run?.ended_at && run.started_at ? (
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
  );
}
