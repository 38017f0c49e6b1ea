import { graphlib, layout } from '@dagrejs/dagre';

import type { Block } from '../contract';

/** The size of a block in the graph, in px. */
export const NODE = { width: 208, height: 56 } as const;

/** A place in the graph: the upper left corner of a block. */
export interface IPlace {
  /** From the left, in px. */
  readonly x: number;
  /** From the top, in px. */
  readonly y: number;
}

/**
 * Lay blocks out from top to bottom, as the notebook reads. The same graph gives the same places.
 */
export function places(
  blocks: readonly Pick<Block, 'name' | 'upstream'>[]
): ReadonlyMap<string, IPlace> {
  const graph = new graphlib.Graph();
  graph.setGraph({
    rankdir: 'TB',
    ranker: 'tight-tree',
    nodesep: 32,
    ranksep: 48,
    marginx: 24,
    marginy: 24
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const names = new Set(blocks.map(block => block.name));
  for (const block of blocks) {
    graph.setNode(block.name, { ...NODE });
  }
  for (const block of blocks) {
    for (const above of block.upstream.filter(name => names.has(name))) {
      graph.setEdge(above, block.name);
    }
  }
  layout(graph);
  return new Map(
    blocks.map(({ name }) => {
      const node = graph.node(name) as unknown as IPlace;
      return [
        name,
        {
          x: Math.round(node.x - NODE.width / 2),
          y: Math.round(node.y - NODE.height / 2)
        }
      ];
    })
  );
}
