import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';

import type * as model from './model';

/** What all views of mage_jlab share. */
export type IMage = model.IMage;

/** The token of what all views of mage_jlab share. */
export const IMage = new Token<IMage>(
  'mage-jlab:IMage',
  'What is known of projects, pipelines, runs, triggers and the engine, and the requests behind it.'
);

/** The ids of the commands that one view of mage_jlab offers to the others. */
export namespace CommandIDs {
  /** Open a pipeline: `{project, pipeline, block?}`. */
  export const openPipeline = 'mage-jlab:open-pipeline';

  /** Make a block from a template: `{project?, pipeline?, upstream?}`. */
  export const newBlock = 'mage-jlab:new-block';

  /** Open a run: `{run, block?}`. */
  export const openRun = 'mage-jlab:open-run';

  /** Open a data product: `{product}`. */
  export const openProduct = 'mage-jlab:open-product';

  /** Write a new trigger: `{project, pipeline}`. */
  export const newTrigger = 'mage-jlab:new-trigger';

  /** Edit a trigger: `{trigger}`. */
  export const editTrigger = 'mage-jlab:edit-trigger';

  /** Show what an export of a notebook would do: `{path?, cell?}`; the current notebook by default. */
  export const exportNotebook = 'mage-jlab:export';

  /** Export the current notebook where it differs, and run its pipeline: `{part?}`. */
  export const runPipeline = 'mage-jlab:run-pipeline';

  /** Choose the values of the runtime variables, and run the current notebook's pipeline. */
  export const runWithVariables = 'mage-jlab:run-with-variables';

  /** Make the active cell a block of a type, or none: `{type}`. */
  export const setBlockType = 'mage-jlab:set-block-type';

  /** Show which pipeline a notebook would become: `{path?}`; the current one by default. */
  export const turnNotebook = 'mage-jlab:turn-notebook';

  /** Open a notebook at one of its cells: `{path, cell, line?}`. */
  export const openCell = 'mage-jlab:open-cell';
}

/** The open notebooks, each with its analysis as a pipeline. */
export interface IWorkbenches {
  /** Emitted with a notebook when its analysis can be asked for. */
  readonly added: ISignal<IWorkbenches, NotebookPanel>;

  /** Emitted when another notebook is the current one. */
  readonly currentChanged: ISignal<IWorkbenches, void>;

  /** The current notebook's panel. */
  readonly panel: NotebookPanel | null;

  /** The current notebook's analysis. */
  readonly current: model.Workbench | null;

  /** Give the analysis of a notebook's panel. */
  of(panel: NotebookPanel): model.Workbench | null;

  /** Find the panel of an open notebook by its path, relative to the server's root. */
  find(path: string): NotebookPanel | null;
}

/** The token of the open notebooks. */
export const IWorkbenches = new Token<IWorkbenches>(
  'mage-jlab:IWorkbenches',
  'The open notebooks, each with its analysis as a pipeline.'
);
