import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { PathExt } from '@jupyterlab/coreutils';
import * as React from 'react';

import type { Diagnostic } from '../contract';
import type { IWorkbenches } from '../tokens';
import { CommandIDs } from '../tokens';
import type { IContext } from '../ui';
import { diffIcon, View } from '../ui';
import { ExportModel } from './model';
import type { IRunPart } from './run';
import { startRun } from './run';
import { ExportPreview } from './view';

/** What the export's tab is opened with. */
export type ExportArgs = {
  /** The notebook, relative to the server's root. */
  path: string;
};

/** The tab that shows what an export would do, and does it. */
export class ExportPanel extends View<ExportArgs> {
  /**
   * @param args - the notebook
   * @param context - what every view gets
   * @param workbenches - the open notebooks
   * @param languages - colours the code, where the host can
   */
  constructor(
    args: ExportArgs,
    context: IContext,
    workbenches: IWorkbenches,
    languages: IEditorLanguageRegistry | null
  ) {
    super(args);
    const { trans } = context;
    this.addClass('mage-Export');
    const name = PathExt.basename(args.path, '.ipynb');
    this.title.icon = diffIcon;
    this.title.label = trans.__('Export %1', name);
    this.title.caption = trans.__('Export of %1', args.path);
    this._context = context;
    this._languages = languages;
    this._model = new ExportModel(context.mage, workbenches, args.path);
    void this._model.read();
  }

  /** What runs after the export; null when nothing does. */
  set thenRun(part: IRunPart | null) {
    this._thenRun = part;
    this.update();
  }

  /**
   * Read again what an export would do.
   *
   * @param cell - the cell whose file is shown first
   */
  refresh(cell: string | null = null): void {
    this._model.focus = cell;
    this.update();
    void this._model.read();
  }

  /** Stop following the notebook. */
  override dispose(): void {
    if (!this.isDisposed) {
      this._model.dispose();
    }
    super.dispose();
  }

  /** Draw the preview. */
  protected render(): JSX.Element {
    return (
      <ExportPreview
        model={this._model}
        thenRun={this._thenRun !== null}
        starting={this._starting}
        context={this._context}
        languages={this._languages}
        actions={{
          close: () => this.dispose(),
          goTo: diagnostic => this._goTo(diagnostic),
          write: () => void this._write(),
          openPipeline: () => this._openPipeline(),
          run: () => void this._run(this._thenRun ?? {})
        }}
      />
    );
  }

  private _goTo({ cell_id: cell, line, column }: Diagnostic): void {
    const { path } = this.args;
    const args = { path, cell, line, column };
    void this._context.commands.execute(CommandIDs.openCell, args);
  }

  private async _write(): Promise<void> {
    if ((await this._model.write()) && this._thenRun !== null) {
      await this._run(this._thenRun);
    }
  }

  private _openPipeline(): void {
    const { outcome, project } = this._model;
    if (outcome && project) {
      void this._context.commands.execute(CommandIDs.openPipeline, {
        project: project.id,
        pipeline: outcome.pipeline
      });
    }
  }

  private async _run(part: IRunPart): Promise<void> {
    const { outcome, project } = this._model;
    if (outcome && project) {
      const pipeline = outcome.pipeline;
      this._starting = true;
      this.update();
      await startRun(this._context, { project: project.id, pipeline, ...part });
      this._starting = false;
      this._thenRun = null;
      this.update();
    }
  }

  private _context: IContext;
  private _languages: IEditorLanguageRegistry | null;
  private _model: ExportModel;
  private _starting = false;
  private _thenRun: IRunPart | null = null;
}
