import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';

import type { AnalysedBlock, BlockRun, Drift } from '../contract';
import type { Workbench } from '../model';
import { CommandIDs } from '../tokens';

/** How a block's cell, its file and its last run disagree. */
export type DriftKind = Drift | 'run';

/**
 * Find where a block's cell, its file and its last run disagree.
 *
 * @param block - the block
 * @param last - how it ran last; null when it never did
 * @returns the kinds, none when all agree or nothing was exported yet
 */
export function driftOf(
  block: AnalysedBlock,
  last: BlockRun | null
): DriftKind[] {
  const other = block.code && last?.code && last.code !== block.code;
  return other ? [...block.drift, 'run'] : block.drift;
}

/** Say a drift in the words of a cell's line. */
export function driftWord(kind: DriftKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'cell':
      return trans.__('edited since export');
    case 'file':
      return trans.__('file is newer');
    case 'run':
      return trans.__('last run ran other code');
  }
}

/** Say what a click on a drift shows. */
export function driftTitle(kind: DriftKind, trans: TranslationBundle): string {
  return kind === 'run'
    ? trans.__('Open the last run')
    : trans.__('Show what an export would change');
}

/** Show how the cell, the file and the last run of a block disagree. */
export function showDrift(
  commands: CommandRegistry,
  workbench: Workbench,
  cell: string,
  kind: DriftKind
): void {
  const run = workbench.last.run?.id;
  if (kind !== 'run') {
    const { path } = workbench;
    void commands.execute(CommandIDs.exportNotebook, { path, cell });
  } else if (run !== undefined) {
    const block = workbench.block(cell)?.name;
    void commands.execute(CommandIDs.openRun, { run, block });
  }
}
