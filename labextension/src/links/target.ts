import { CommandIDs } from '../tokens';

/** The name in a link's query that says which kind of thing it leads to. */
const KIND = 'mage';

/** The kinds of things that links lead to: the command that opens each, and what it is given. */
const KINDS = {
  pipeline: {
    command: CommandIDs.openPipeline,
    names: ['project', 'pipeline', 'block']
  },
  run: { command: CommandIDs.openRun, names: ['run', 'block'] },
  trigger: { command: CommandIDs.editTrigger, names: ['trigger'] },
  product: { command: CommandIDs.openProduct, names: ['product'] }
} as const;

/** What a link leads to. */
export interface ITarget {
  /** The kind of thing. */
  kind: keyof typeof KINDS;

  /** What names it, such as its id. */
  args: { [name: string]: string };
}

/** Write the link to something: the lab's own address, with what to open in its query. */
export function linkTo(lab: string, { kind, args }: ITarget): string {
  return `${lab}?${new URLSearchParams({ [KIND]: kind, ...args }).toString()}`;
}

/**
 * Read what a link leads to.
 *
 * @param search - the query of an address
 * @returns the command that opens it with what it is given, and the query without it; null when
 * the address leads to nothing of ours
 */
export function readLink(search: string): {
  command: string;
  args: { [name: string]: string };
  rest: string;
} | null {
  const query = new URLSearchParams(search);
  const kind = query.get(KIND) ?? '';
  if (!Object.keys(KINDS).includes(kind)) {
    return null;
  }
  const { command, names } = KINDS[kind as ITarget['kind']];
  const args: { [name: string]: string } = {};
  for (const name of names) {
    const value = query.get(name);
    if (value !== null) {
      args[name] = value;
    }
    query.delete(name);
  }
  query.delete(KIND);
  const rest = query.toString();
  return { command, args, rest: rest ? `?${rest}` : '' };
}

/**
 * Find out what a clicked row or block is.
 *
 * @param data - what its element says of it
 * @param view - what the view around it shows
 * @param project - the project that the side bar shows
 */
export function targetOf(
  data: DOMStringMap,
  view: { [name: string]: unknown },
  project: string
): ITarget | null {
  const { mageBlock, magePipeline, mageProduct, mageRun, mageTrigger } = data;
  const block: ITarget['args'] =
    mageBlock === undefined ? {} : { block: mageBlock };
  if (mageProduct !== undefined) {
    return { kind: 'product', args: { product: mageProduct } };
  }
  if (mageTrigger !== undefined) {
    return { kind: 'trigger', args: { trigger: mageTrigger } };
  }
  if (mageRun !== undefined || typeof view.run === 'string') {
    return {
      kind: 'run',
      args: { run: mageRun ?? String(view.run), ...block }
    };
  }
  if (magePipeline !== undefined) {
    return { kind: 'pipeline', args: { project, pipeline: magePipeline } };
  }
  if (typeof view.project === 'string' && typeof view.pipeline === 'string') {
    const args = { project: view.project, pipeline: view.pipeline, ...block };
    return { kind: 'pipeline', args };
  }
  return null;
}
