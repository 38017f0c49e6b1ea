import { Signal } from '@lumino/signaling';

import type {
  AnalysedBlock,
  Analysis,
  BlockType,
  Diagnostic,
  Fix
} from '../../labextension/src/contract';
import type { LastRun } from '../../labextension/src/model';

/** Make an analysed block that reads `inputs` and gives `results`. */
export function blockOf(
  name: string,
  inputs: { [name: string]: string } = {},
  results: string[] = [name],
  type: BlockType = 'transformer'
): AnalysedBlock {
  const upstream = Object.values(inputs).map(source =>
    source.slice(0, source.lastIndexOf('.'))
  );
  return {
    name,
    type,
    language: 'python',
    cell_id: `cell-${name}`,
    index: 0,
    reads: Object.keys(inputs),
    defines: results,
    results,
    upstream: [...new Set(upstream)],
    inputs,
    drift: [],
    code: null
  };
}

/** Make an analysis of blocks and diagnostics. */
export function analysisOf(
  blocks: AnalysedBlock[],
  diagnostics: Diagnostic[] = []
): Analysis {
  return {
    notebook: 'n.ipynb',
    pipeline: 'n',
    blocks,
    edges: [],
    variables: {},
    parameters_cell: null,
    diagnostics
  };
}

/** Make an error about a name in a cell. */
export function problemOf(
  cell: string,
  line: number | null,
  column: number | null,
  end: number | null,
  repairs: Fix[] = []
): Diagnostic {
  return {
    cell_id: cell,
    index: 0,
    line,
    column,
    end_column: end,
    severity: 'error',
    code: 'scratch-value',
    message: 'It is computed in an untagged cell.',
    fixes: repairs.map(({ title }) => title),
    repairs
  };
}

/** Make a fix; one whose id begins with `go` leads to a cell. */
export function fixOf(id: string, fields: Partial<Fix> = {}): Fix {
  const title = `${id} it`;
  return { id, title, cell_id: null, automatic: false, ...fields };
}

/** The last run of a pipeline, as a run with these block runs; none at all by default. */
export function lastRunOf(run: object | null = null): LastRun {
  const last = {
    run,
    block: (name: string) =>
      (run as { block_runs: { block: string }[] } | null)?.block_runs.find(
        one => one.block === name
      ) ?? null,
    follow: jest.fn(),
    dispose: jest.fn()
  };
  return { ...last, changed: new Signal(last) } as unknown as LastRun;
}
