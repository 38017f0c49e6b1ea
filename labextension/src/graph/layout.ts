import { graphlib, layout } from '@dagrejs/dagre';

import type { Block } from '../contract';

/** The size of a block in the graph, in px. */
export const NODE = { width: 208, height: 56 } as const;

/** A point of the graph, in px from its upper left corner. */
export interface IPoint {
  /** From the left. */
  readonly x: number;
  /** From the top. */
  readonly y: number;
}

/** Where the blocks stand, and the ways of the edges between them. */
export interface ILayout {
  /** The upper left corner of each block. */
  readonly places: ReadonlyMap<string, IPoint>;
  /** The points that an edge goes through, by {@link edgeKey}. */
  readonly ways: ReadonlyMap<string, readonly IPoint[]>;
}

/** The key of an edge. */
export function edgeKey(from: string, to: string): string {
  return `${from}>${to}`;
}

/**
 * Lay blocks out from top to bottom, as the notebook reads; edges go round the blocks between. The
 * same graph gives the same layout.
 */
export function arrange(
  blocks: readonly Pick<Block, 'name' | 'upstream'>[]
): ILayout {
  const graph = new graphlib.Graph();
  graph.setGraph({
    rankdir: 'TB',
    ranker: 'tight-tree',
    nodesep: 32,
    edgesep: 16,
    ranksep: 48,
    marginx: 24,
    marginy: 24
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const names = new Set(blocks.map(block => block.name));
  for (const block of blocks) {
    graph.setNode(block.name, { ...NODE });
  }
  const edges = blocks.flatMap(block =>
    block.upstream
      .filter(name => names.has(name))
      .map(name => [name, block.name] as const)
  );
  for (const [from, to] of edges) {
    graph.setEdge(from, to);
  }
  layout(graph);
  const places = new Map(
    blocks.map(({ name }) => {
      const node = graph.node(name) as unknown as IPoint;
      return [
        name,
        {
          x: Math.round(node.x - NODE.width / 2),
          y: Math.round(node.y - NODE.height / 2)
        }
      ];
    })
  );
  const ways = new Map(
    edges.map(([from, to]) => {
      const edge = graph.edge(from, to) as unknown as {
        points?: readonly IPoint[];
      };
      return [edgeKey(from, to), edge.points ?? []];
    })
  );
  return { places, ways };
}

/**
 * The points of an edge that its line has to go through: from below one block to above the next,
 * and between them where the layout leads it round others.
 */
export function line(
  start: IPoint,
  end: IPoint,
  way: readonly IPoint[]
): IPoint[] {
  const inner = way
    .slice(1, -1)
    .filter(point => point.y > start.y + 8 && point.y < end.y - 8);
  // A single bend in the gap between two neighbours is what the curve does by itself.
  return [start, ...(inner.length > 1 ? inner : []), end];
}

/**
 * A curve through points that leaves and reaches each of them straight down.
 */
export function curve(points: readonly IPoint[]): string {
  const [first, ...rest] = points;
  let from = first;
  let path = `M${first.x} ${first.y}`;
  for (const to of rest) {
    const middle = (from.y + to.y) / 2;
    path += ` C${from.x} ${middle} ${to.x} ${middle} ${to.x} ${to.y}`;
    from = to;
  }
  return path;
}
