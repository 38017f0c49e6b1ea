import { Handle, type NodeProps, type Node, Position } from '@xyflow/react';
import * as React from 'react';

import type { BlockType } from '../contract';
import { StateMark, TYPE_ROLES, TypeBadge } from '../ui';
import type { IBlockStatus } from './status';

/** What the graph knows of a block. */
export type BlockNode = Node<
  {
    /** The block's name. */
    name: string;
    /** Its type. */
    type: BlockType;
    /** The word of its type, which stands where there is nothing to say about it. */
    kind: string;
    /** What to say about it. */
    status: IBlockStatus | null;
  },
  'block'
>;

/** A block in the graph. */
function Card(props: NodeProps<BlockNode>): JSX.Element {
  const { name, type, kind, status } = props.data;
  const line = status ? status.line : kind;
  const state = status?.state ?? null;
  return (
    <div
      className="mage-Node"
      data-mage-role={TYPE_ROLES[type]}
      data-mage-block={name}
      data-state={state ?? 'none'}
      data-selected={props.selected}
      data-fan={Boolean(status?.fan)}
    >
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <div className="mage-Node-line">
        <TypeBadge type={type} />
        <span className="mage-Node-name mage-mod-ellipsis" title={name}>
          {name}
        </span>
        {status?.fan ? (
          <span className="mage-mod-grey">{status.fan}</span>
        ) : null}
        {state ? <StateMark state={state} /> : null}
      </div>
      <div className="mage-Node-line mage-Node-second">
        <span className="mage-mod-ellipsis" title={line}>
          {line}
        </span>
        <span className="mage-Node-end">{status?.end}</span>
      </div>
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  );
}

/**
 * A block in the graph: badge, name, mark; below what it gave or why it waits, and the time.
 */
export const BlockCard = React.memo(Card);
