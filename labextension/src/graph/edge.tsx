import { BaseEdge, type Edge, type EdgeProps } from '@xyflow/react';
import * as React from 'react';

import { curve, type IPoint, line } from './layout';

/** What the graph knows of an edge. */
export type FlowEdge = Edge<
  {
    /** The points that the layout leads it through. */
    way: readonly IPoint[];
    /** The names that flow along it, where they are shown. */
    names: string;
  },
  'flow'
>;

/**
 * An edge: it goes round the blocks between its ends.
 */
export function FlowLine(props: EdgeProps<FlowEdge>): JSX.Element {
  const { sourceX, sourceY, targetX, targetY, data } = props;
  const points = line(
    { x: sourceX, y: sourceY },
    { x: targetX, y: targetY },
    data?.way ?? []
  );
  // The names stand on the way down from the block that gives them.
  const [above, below] = points;
  return (
    <BaseEdge
      path={curve(points)}
      markerEnd={props.markerEnd}
      label={data?.names ?? ''}
      labelX={(above.x + below.x) / 2}
      labelY={(above.y + below.y) / 2}
      labelBgPadding={[4, 2]}
    />
  );
}
