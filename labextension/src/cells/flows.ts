import type { AnalysedBlock, Analysis } from '../contract';

/** A name that flows into or out of a block, and the blocks at its other end. */
export interface IFlow {
  /** The name, as the block's code has it. */
  name: string;

  /** The blocks that give it (one), or that read it (none or more). */
  blocks: string[];
}

/** How many names a line shows before it counts the rest. */
const SHOWN = 3;

/** Give the names that a block reads, with the block above that gives each. */
export function inflows(block: AnalysedBlock): IFlow[] {
  return Object.entries(block.inputs).map(([name, source]) => ({
    name,
    // A block's name may hold dots and slashes, a result's cannot.
    blocks: [source.slice(0, source.lastIndexOf('.'))]
  }));
}

/** Give the names that a block hands on, with the blocks below that read each. */
export function outflows(analysis: Analysis, block: AnalysedBlock): IFlow[] {
  return block.results.map(name => ({
    name,
    blocks: analysis.blocks
      .filter(reader =>
        Object.values(reader.inputs).includes(`${block.name}.${name}`)
      )
      .map(reader => reader.name)
  }));
}

/** The flows that a line shows, and how many more there are. */
export function shortened(flows: IFlow[]): { shown: IFlow[]; more: number } {
  if (flows.length <= SHOWN) {
    return { shown: flows, more: 0 };
  }
  return { shown: flows.slice(0, SHOWN), more: flows.length - SHOWN };
}

/**
 * Gather flows with the same blocks at their other end, in the order of their first names: the
 * line says each block once.
 */
export function gathered(
  flows: IFlow[]
): { names: string[]; blocks: string[] }[] {
  const groups: { names: string[]; blocks: string[] }[] = [];
  for (const { name, blocks } of flows) {
    const last = groups.find(
      group => group.blocks.join('\n') === blocks.join('\n')
    );
    if (last) {
      last.names.push(name);
    } else {
      groups.push({ names: [name], blocks });
    }
  }
  return groups;
}
