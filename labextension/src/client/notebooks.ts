import type { INotebookContent } from '@jupyterlab/nbformat';

import type {
  Analysis,
  CellChoice,
  Diagnostic,
  Export,
  Fixed,
  Project,
  TaggedCell
} from '../contract';
import { RequestError } from './errors';
import type { IPage } from './page';
import type { Transport } from './transport';

/** Notebooks over HTTP: analysis and fixes, guesses of types, export. */
export class NotebooksClient {
  /** @param transport - what carries the requests */
  constructor(transport: Transport) {
    this._transport = transport;
  }

  /** Analyse a notebook; without `notebook` the saved text is read. */
  check(
    path: string,
    notebook?: INotebookContent
  ): Promise<NotebooksClient.IChecked> {
    return this._transport.post('notebooks/check', { path, notebook });
  }

  /**
   * Export a notebook, or see what an export would do.
   *
   * The outcome is given also when nothing could be written because of conflicts or problems.
   */
  async export(
    request: NotebooksClient.IExport
  ): Promise<NotebooksClient.IExported> {
    try {
      return await this._transport.post('notebooks/export', request);
    } catch (error) {
      if (error instanceof RequestError && isOutcome(error.body)) {
        return error.body;
      }
      throw error;
    }
  }

  /** Guess which cells are blocks, and of which type; nothing is written. */
  async guess(path: string, notebook: INotebookContent): Promise<TaggedCell[]> {
    const body = { path, notebook };
    const page = await this._transport.post<IPage<TaggedCell>>(
      'notebooks/tag',
      body
    );
    return page.items;
  }

  /** Give the notebook as choices of types, names and merges make it; nothing is written. */
  async choose(
    path: string,
    notebook: INotebookContent,
    choices: readonly CellChoice[]
  ): Promise<INotebookContent> {
    const body = { path, notebook, choices };
    return contentOf(await this._transport.post('notebooks/tag', body));
  }

  /** Give the notebook as one fix of a diagnostic makes it; nothing is written. */
  async fix(
    path: string,
    notebook: INotebookContent,
    diagnostic: Diagnostic,
    fix: string
  ): Promise<INotebookContent> {
    const { cell_id, code, line, column } = diagnostic;
    const place = { cell_id, code, line, column };
    const body = { path, notebook, diagnostic: place, fix };
    return contentOf(await this._transport.post('notebooks/fix', body));
  }

  /** Give the path of a pipeline's notebook; one is made where there is none. */
  async open(project: string, pipeline: string): Promise<string> {
    const body = { project, pipeline };
    return (
      await this._transport.post<{ notebook: string }>('notebooks/open', body)
    ).notebook;
  }

  private _transport: Transport;
}

/** A namespace for `NotebooksClient` statics. */
export namespace NotebooksClient {
  /** An analysis, and the project that the notebook lies in, if any. */
  export interface IChecked {
    /** The blocks, edges and diagnostics. */
    analysis: Analysis;

    /** The project; null when no folder above the notebook is one. */
    project: Project | null;
  }

  /** What to export, and how. */
  export interface IExport {
    /** The notebook's path, relative to the server's root. */
    path: string;

    /** The unsaved text; without it the saved one is read. */
    notebook?: INotebookContent;

    /** The pipeline's name; by default the one of the notebook. */
    pipeline?: string;

    /** Whether only to say what an export would do. */
    dry_run: boolean;

    /** Whether to give each file's text before and after. */
    diff: boolean;

    /** The fingerprint of the dry run that was looked at: nothing else is written. */
    expected?: string;
  }

  /** The outcome of an export, and the project it was for. */
  export interface IExported extends Export {
    /** The project of the notebook. */
    project: Project | null;
  }
}

/** Which cells differ is said too; who changes a live notebook compares by itself. */
function contentOf(fixed: Fixed): INotebookContent {
  return fixed.notebook as unknown as INotebookContent;
}

/** Whether a refusal's body is the outcome of an export. */
function isOutcome(body: unknown): body is NotebooksClient.IExported {
  const outcome = body as Partial<NotebooksClient.IExported> | null;
  return (
    Array.isArray(outcome?.conflicts) && Array.isArray(outcome?.diagnostics)
  );
}
