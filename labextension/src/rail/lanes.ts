import type { AnalysedBlock } from '../contract';

/** An edge of the rail: from the dot of one row to that of a later one, by way of a lane. */
export interface IRailEdge {
  /** The row it leaves from. */
  from: number;

  /** The row it leads to. */
  to: number;

  /** The lane it runs in between. */
  lane: number;
}

/** Where a rail's dots and edges stand. */
export interface IRail {
  /** The lane of each block's dot, in the notebook's order. */
  dots: number[];

  /** The edges. */
  edges: IRailEdge[];

  /** How many lanes there are. */
  lanes: number;
}

/**
 * Lay out blocks in the notebook's order: branches beside each other, an edge past other dots in
 * a lane of its own.
 */
export function layOut(blocks: readonly AnalysedBlock[]): IRail {
  const rows = new Map(blocks.map((block, row) => [block.name, row]));
  const pairs = blocks.flatMap((block, to) =>
    block.upstream
      .map(name => rows.get(name))
      .filter((from): from is number => from !== undefined && from < to)
      .map(from => ({ from, to }))
  );
  const dots = placeDots(blocks, pairs);
  const edges: IRailEdge[] = [];
  for (const { from, to } of pairs) {
    edges.push({ from, to, lane: laneOf(from, to, dots, edges) });
  }
  const lanes = Math.max(0, ...dots, ...edges.map(edge => edge.lane)) + 1;
  return { dots, edges, lanes };
}

interface IPair {
  from: number;
  to: number;
}

/** A dot takes the first lane that no edge of another branch passes in. */
function placeDots(
  blocks: readonly AnalysedBlock[],
  pairs: readonly IPair[]
): number[] {
  const dots: number[] = [];
  blocks.forEach((block, row) => {
    const passing = pairs.filter(
      ({ from, to }) =>
        from < row && row < to && !block.upstream.includes(blocks[from].name)
    );
    const taken = new Set(passing.map(({ from }) => dots[from]));
    dots.push(firstFree(lane => !taken.has(lane)));
  });
  return dots;
}

/** An edge runs in the lane of one of its ends where no dot or foreign edge is in the way. */
function laneOf(
  from: number,
  to: number,
  dots: readonly number[],
  edges: readonly IRailEdge[]
): number {
  if (to === from + 1) {
    return dots[to];
  }
  const free = (lane: number): boolean =>
    dots.slice(from + 1, to).every(dot => dot !== lane) &&
    edges.every(
      edge =>
        edge.lane !== lane ||
        edge.from === from ||
        edge.to <= from + 1 ||
        edge.from >= to - 1
    );
  if (free(dots[from])) {
    return dots[from];
  }
  return free(dots[to]) ? dots[to] : firstFree(free);
}

function firstFree(free: (lane: number) => boolean): number {
  let lane = 0;
  while (!free(lane)) {
    lane += 1;
  }
  return lane;
}
