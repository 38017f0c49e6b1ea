import { Notification } from '@jupyterlab/apputils';

import type { Workbench } from '../model';
import type { RunsClient } from '../client';
import { sentence } from '../client';
import { CommandIDs } from '../tokens';
import type { IContext } from '../ui';

/** Which part of a pipeline to run; all of it when nothing is said. */
export interface IRunPart {
  /** This block alone. */
  block?: string;

  /** This block and all above it. */
  upto?: string;

  /** This block and all below it. */
  from?: string;
}

/** Start a run of a pipeline's files and open it; tell why it could not be started. */
export async function startRun(
  context: IContext,
  request: RunsClient.IStart
): Promise<void> {
  const { commands, mage, trans } = context;
  try {
    const run = await mage.client.runs.start(request);
    await commands.execute(CommandIDs.openRun, { run: run.id });
  } catch (error) {
    Notification.error(
      trans.__('%1 did not start. %2', request.pipeline, sentence(error)),
      { autoClose: false }
    );
  }
}

/**
 * Run the pipeline of a notebook: its files, after an export with its diff where they differ.
 *
 * @param preview - shows the diff; the run follows the export
 */
export async function runNotebook(
  context: IContext,
  workbench: Workbench,
  part: IRunPart,
  preview: () => void
): Promise<void> {
  try {
    const { notebooks } = context.mage.client;
    const notebook = workbench.content();
    const { project } = await notebooks.check(workbench.path, notebook);
    if (project !== null) {
      const outcome = await notebooks.export({
        path: workbench.path,
        notebook,
        dry_run: true,
        diff: true
      });
      const same =
        outcome.conflicts.length === 0 &&
        outcome.diagnostics.every(({ severity }) => severity !== 'error') &&
        outcome.changes.every(({ kind }) => kind === 'same');
      if (same) {
        const { pipeline } = outcome;
        await startRun(context, { project: project.id, pipeline, ...part });
        return;
      }
    }
  } catch {
    // The preview reads the same once more, and says what is wrong where it can be mended.
  }
  preview();
}
