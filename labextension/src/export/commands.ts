import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { NotebookPanel } from '@jupyterlab/notebook';

import type { IWorkbenches } from '../tokens';
import { CommandIDs } from '../tokens';
import type { IContext } from '../ui';
import { runIcon } from '../ui';
import type { ExportPanel } from './panel';
import type { IRunPart } from './run';

/** Add the commands that export a notebook, run its pipeline, and lead to a cell. */
export function addExportCommands(
  app: JupyterFrontEnd,
  context: IContext,
  workbenches: IWorkbenches,
  open: (path: string) => ExportPanel
): void {
  const { commands } = app;
  const { trans } = context;

  commands.addCommand(CommandIDs.exportNotebook, {
    label: trans.__('Export the notebook to its pipeline…'),
    caption: trans.__('Show what an export to block files would change'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: {
            type: 'string',
            description: trans.__('The notebook; by default the current one')
          },
          cell: {
            type: 'string',
            description: trans.__('The cell whose file is shown first')
          }
        }
      }
    },
    isEnabled: args =>
      typeof args.path === 'string' || workbenches.current !== null,
    execute: args => {
      const path =
        typeof args.path === 'string' ? args.path : workbenches.current?.path;
      if (path) {
        const panel = open(path);
        panel.thenRun = null;
        panel.refresh(typeof args.cell === 'string' ? args.cell : null);
      }
    }
  });

  const activeBlock = (): string | null => {
    const id = workbenches.panel?.content.activeCell?.model.id;
    return (id && workbenches.current?.block(id)?.name) || null;
  };

  commands.addCommand(CommandIDs.runPipeline, {
    label: args => {
      switch (args.part) {
        case 'upto':
          return trans.__('Run up to this block');
        case 'from':
          return trans.__('Run from this block');
        case 'block':
          return trans.__('Run this block alone');
        default:
          return trans.__('Run pipeline');
      }
    },
    caption: trans.__(
      'Run the pipeline of the current notebook, after an export where the files differ'
    ),
    icon: args => (args.toolbar ? runIcon : undefined),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          part: {
            type: 'string',
            description: trans.__(
              'What to run: all, upto, from or block (the active one)'
            )
          }
        }
      }
    },
    isEnabled: args =>
      Boolean(workbenches.current?.isPipeline) &&
      (!isPart(args.part) || activeBlock() !== null),
    execute: async args => {
      const workbench = workbenches.current;
      const block = activeBlock();
      if (workbench === null) {
        return;
      }
      const part: IRunPart =
        isPart(args.part) && block ? { [args.part]: block } : {};
      const { runNotebook } = await import('./run');
      await runNotebook(context, workbench, part, () => {
        const panel = open(workbench.path);
        panel.thenRun = part;
        panel.refresh();
      });
    }
  });

  commands.addCommand(CommandIDs.runWithVariables, {
    label: trans.__('Run with variables…'),
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => Boolean(workbenches.current?.project),
    execute: () => {
      const { project, analysis } = workbenches.current ?? {};
      if (project && analysis) {
        const { pipeline } = analysis;
        const args = { project: project.id, pipeline, variables: true };
        return commands.execute(CommandIDs.openPipeline, args);
      }
    }
  });

  commands.addCommand(CommandIDs.openCell, {
    label: trans.__('Go to the cell'),
    describedBy: {
      args: {
        type: 'object',
        properties: {
          path: { type: 'string', description: trans.__('The notebook') },
          cell: { type: 'string', description: trans.__('The cell’s id') },
          line: {
            type: ['number', 'null'],
            description: trans.__('The line in the cell, from 1')
          },
          column: {
            type: ['number', 'null'],
            description: trans.__('The column, from 1')
          }
        },
        required: ['path', 'cell']
      }
    },
    execute: async args => {
      const path = args.path as string;
      const panel = (await commands.execute('docmanager:open', {
        path
      })) as NotebookPanel | undefined;
      if (!panel) {
        return;
      }
      await panel.context.ready;
      await panel.revealed;
      const { goTo } = await import('../cells/navigate');
      await goTo(panel, {
        cell: args.cell as string,
        line: typeof args.line === 'number' ? args.line : null,
        column: typeof args.column === 'number' ? args.column : null
      });
    }
  });
}

/** Whether an argument names a part of the pipeline that the active block decides. */
function isPart(part: unknown): part is keyof IRunPart {
  return part === 'upto' || part === 'from' || part === 'block';
}
