import type {
  Block,
  BlockRun,
  Pipeline,
  PipelineRow,
  Run,
  RunMark,
  Trigger
} from '../../labextension/src/contract';

/** A block that waits for others. */
export function block(name: string, upstream: string[] = []): Block {
  return {
    name,
    type: 'transformer',
    language: 'python',
    file: `transformers/${name}.py`,
    upstream,
    inputs: null,
    results: null,
    cell_id: null,
    configuration: {},
    code: null,
    hash: null
  };
}

/** A pipeline of blocks. */
export function pipeline(blocks: Block[]): Pipeline {
  return {
    name: 'sales',
    type: 'python',
    description: null,
    tags: [],
    variables: {},
    workbench: null,
    kernel: null,
    blocks,
    edges: blocks.flatMap(one =>
      one.upstream.map(from => ({
        from,
        to: one.name,
        names: [from],
        why: 'code'
      }))
    ),
    hash: ''
  };
}

/** A block run. */
export function blockRun(
  name: string,
  fields: Partial<BlockRun> = {}
): BlockRun {
  return {
    block: name,
    block_type: 'transformer',
    item: null,
    state: 'success',
    cached: false,
    attempts: 1,
    code: null,
    upstream: [],
    ready_at: null,
    started_at: null,
    ended_at: null,
    worker_pid: null,
    peak_memory: null,
    products: [],
    error: null,
    items: null,
    origin: null,
    ...fields
  };
}

/** A run. */
export function run(fields: Partial<Run> = {}): Run {
  return {
    id: 'r1',
    number: 1,
    project: 'p',
    pipeline: 'sales',
    state: 'success',
    trigger: null,
    nominal_at: null,
    variables: {},
    created_at: '2027-03-12T09:00:00.000Z',
    started_at: '2027-03-12T09:00:00.000Z',
    ended_at: '2027-03-12T09:00:10.000Z',
    snapshot: '',
    error: null,
    failed_block: null,
    counts: {},
    block_runs: [],
    fan_outs: [],
    ...fields
  };
}

/** A run in a strip. */
export function mark(fields: Partial<RunMark> = {}): RunMark {
  return {
    id: 'r1',
    number: 1,
    state: 'success',
    created_at: '2027-03-12T09:00:00.000Z',
    started_at: '2027-03-12T09:00:00.000Z',
    ended_at: '2027-03-12T09:00:10.000Z',
    failed_block: null,
    ...fields
  };
}

/** A row of the list of pipelines. */
export function row(
  name: string,
  fields: Partial<PipelineRow> = {}
): PipelineRow {
  return {
    name,
    type: 'python',
    description: null,
    tags: [],
    blocks: 1,
    triggers: 0,
    workbench: null,
    last_runs: [],
    next_at: null,
    problem: null,
    ...fields
  };
}

/** A trigger. */
export function trigger(fields: Partial<Trigger> = {}): Trigger {
  return {
    id: 't1',
    name: 'Nightly',
    project: 'p',
    pipeline: 'sales',
    kind: 'cron',
    spec: '30 2 * * *',
    tz: 'UTC',
    enabled: true,
    active: true,
    next_at: null,
    last_at: null,
    last_run: null,
    last_state: null,
    variables: {},
    catch_up: 'latest',
    overlap: 'queue_one',
    description: null,
    ...fields
  };
}
