import type { TranslationBundle } from '@jupyterlab/translation';

import type { AnalysedBlock, Analysis } from '../contract';
import type { LastRun } from '../model';
import { shape } from '../ui';

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

/**
 * Say of a name that flows into a block what the last run made it: "flights: 336,776 × 19 from
 * load_flights, run 417".
 *
 * @returns the sentence; null when the name does not flow in
 */
export function flowSentence(
  name: string,
  block: AnalysedBlock,
  last: LastRun,
  trans: TranslationBundle
): string | null {
  const source = Object.entries(block.inputs).find(
    ([own]) => own === name
  )?.[1];
  if (source === undefined) {
    return null;
  }
  const dot = source.lastIndexOf('.');
  const above = source.slice(0, dot);
  const product = last
    .block(above)
    ?.products.find(one => one.name === source.slice(dot + 1));
  return product && last.run
    ? trans.__(
        '%1: %2 from %3, run %4',
        name,
        shape(product, trans),
        above,
        last.run.number
      )
    : trans.__('%1 from %2, which has not run yet', name, above);
}

/** Find the cells at both ends of a name that flows into a block: the one that gives it, and all that read it. */
export function cellsOfFlow(
  name: string,
  block: AnalysedBlock,
  analysis: Analysis
): string[] {
  const source = block.inputs[name];
  const above = source.slice(0, source.lastIndexOf('.'));
  return analysis.blocks
    .filter(
      one => one.name === above || Object.values(one.inputs).includes(source)
    )
    .map(one => one.cell_id);
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
