import type { Block, Pipeline } from '../contract';

/** A row of the tree: a block under one of the blocks that it waits for. */
export interface ITreeRow {
  /** The block. */
  readonly block: Block;
  /** How deep it stands; 0 for a block that waits for none. */
  readonly depth: number;
  /** Whether the block stands above already, under another of its blocks. */
  readonly again: boolean;
  /** Whether rows stand below it. */
  readonly parent: boolean;
  /** The path of names to it, which is the same as long as the graph is. */
  readonly key: string;
}

/**
 * The blocks that wait for each block, in the pipeline's order.
 */
export function downstream(
  blocks: readonly Block[]
): ReadonlyMap<string, readonly Block[]> {
  const below = new Map<string, Block[]>(blocks.map(one => [one.name, []]));
  for (const block of blocks) {
    for (const name of block.upstream) {
      below.get(name)?.push(block);
    }
  }
  return below;
}

/**
 * The graph as a tree: below each block those that wait for it. A block with two parents stands
 * in full once, where all it waits for has been seen last in the order of the pipeline, and again
 * without its children elsewhere.
 */
export function treeRows(
  pipeline: Pick<Pipeline, 'blocks'>,
  folded: ReadonlySet<string> = new Set()
): ITreeRow[] {
  const { blocks } = pipeline;
  const names = new Set(blocks.map(block => block.name));
  const below = downstream(blocks);
  const seen = new Set<string>();
  const rows: ITreeRow[] = [];
  const add = (block: Block, depth: number, path: string): void => {
    const again = seen.has(block.name);
    seen.add(block.name);
    const key = `${path}/${block.name}`;
    const children = again ? [] : (below.get(block.name) ?? []);
    rows.push({ block, depth, again, parent: children.length > 0, key });
    if (!folded.has(key)) {
      children.forEach(child => add(child, depth + 1, key));
    } else {
      const hide = (child: Block): void => {
        if (!seen.has(child.name)) {
          seen.add(child.name);
          below.get(child.name)?.forEach(hide);
        }
      };
      children.forEach(hide);
    }
  };
  for (const block of blocks) {
    if (!block.upstream.some(name => names.has(name))) {
      add(block, 0, '');
    }
  }
  return rows;
}

/**
 * The names that flow along an edge, as its label says them.
 */
export function edgeNames(
  pipeline: Pick<Pipeline, 'edges'>,
  from: string,
  to: string
): readonly string[] {
  return (
    pipeline.edges.find(edge => edge.from === from && edge.to === to)?.names ??
    []
  );
}
