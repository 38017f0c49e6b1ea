import * as React from 'react';

import type { Block, Pipeline } from '../contract';
import {
  foldIcon,
  type IContext,
  moveFocus,
  StateMark,
  stateWord,
  TypeBadge,
  typeWord
} from '../ui';
import { downstream, type ITreeRow, treeRows } from './order';
import type { IBlockStatus } from './status';

/** A block as one sentence: "clean, transformer, success, reads flights from load_flights, used by join". */
function blockSentence(
  block: Block,
  pipeline: Pipeline,
  status: IBlockStatus | undefined,
  context: IContext
): string {
  const { trans } = context;
  const used = downstream(pipeline.blocks).get(block.name) ?? [];
  const reads = block.upstream.map(name => {
    const names =
      pipeline.edges.find(edge => edge.from === name && edge.to === block.name)
        ?.names ?? [];
    return names.length > 0
      ? trans.__('reads %1 from %2', names.join(', '), name)
      : trans.__('waits for %1', name);
  });
  return [
    block.name,
    typeWord(block.type, trans).toLowerCase(),
    status?.state ? stateWord(status.state, trans).toLowerCase() : '',
    status?.line ?? '',
    ...reads,
    used.length > 0
      ? trans.__('used by %1', used.map(one => one.name).join(', '))
      : ''
  ]
    .filter(Boolean)
    .join(', ');
}

/**
 * The graph as a tree, for keyboard and screen reader, and for who likes lists.
 */
export function Tree(props: {
  /** The pipeline. */
  pipeline: Pipeline;
  /** What to say about each block. */
  statuses: ReadonlyMap<string, IBlockStatus>;
  /** The name of the selected block. */
  selected: string | null;
  /** A part of the names of the blocks to show. */
  search: string;
  /** Commands and words. */
  context: IContext;
  /** Called to select a block. */
  onSelect: (name: string) => void;
  /** Called to open a block's code. */
  onOpen: (name: string) => void;
}): JSX.Element {
  const { pipeline, statuses, selected, search, context, onSelect } = props;
  const { trans } = context;
  const [folded, setFolded] = React.useState<ReadonlySet<string>>(new Set());
  const rows: readonly ITreeRow[] = search
    ? pipeline.blocks
        .filter(block =>
          block.name.toLowerCase().includes(search.toLowerCase())
        )
        .map(block => ({
          block,
          depth: 0,
          again: false,
          parent: false,
          key: block.name
        }))
    : treeRows(pipeline, folded);
  const fold = (key: string, shut: boolean): void =>
    setFolded(keys => {
      const next = new Set(keys);
      if (shut) {
        next.add(key);
      } else {
        next.delete(key);
      }
      return next;
    });
  const first = rows.some(row => row.block.name === selected && !row.again)
    ? selected
    : (rows[0]?.block.name ?? null);
  return (
    <div className="mage-Tree" data-mage-region>
      <h2>{trans._n('%1 block', '%1 blocks', pipeline.blocks.length)}</h2>
      <div
        role="tree"
        aria-label={trans.__('Blocks of %1', pipeline.name)}
        onKeyDown={event => moveFocus(event, '.mage-TreeRow')}
      >
        {rows.map(row => {
          const { block, depth, again, parent, key } = row;
          const status = statuses.get(block.name);
          const chosen = block.name === selected;
          return (
            <div
              key={key}
              className="mage-TreeRow"
              role="treeitem"
              aria-level={depth + 1}
              aria-selected={chosen}
              aria-expanded={parent ? !folded.has(key) : undefined}
              aria-label={blockSentence(block, pipeline, status, context)}
              tabIndex={block.name === first && !again ? 0 : -1}
              data-mage-block={block.name}
              data-again={again}
              title={block.name}
              style={{ paddingLeft: 8 + depth * 14 }}
              onClick={() => onSelect(block.name)}
              onDoubleClick={() => props.onOpen(block.name)}
              onFocus={() => onSelect(block.name)}
              onKeyDown={event => {
                if (event.key === 'Enter') {
                  props.onOpen(block.name);
                } else if (event.key === 'ArrowRight' && parent) {
                  fold(key, false);
                } else if (event.key === 'ArrowLeft' && parent) {
                  fold(key, true);
                }
              }}
            >
              <span
                className="mage-TreeRow-arrow"
                data-shut={folded.has(key)}
                onClick={event => {
                  event.stopPropagation();
                  fold(key, !folded.has(key));
                }}
              >
                {parent ? <foldIcon.react tag="span" /> : null}
              </span>
              <TypeBadge type={block.type} />
              <span className="mage-TreeRow-name mage-mod-ellipsis">
                {block.name}
              </span>
              {status?.state ? <StateMark state={status.state} /> : null}
            </div>
          );
        })}
      </div>
    </div>
  );
}
