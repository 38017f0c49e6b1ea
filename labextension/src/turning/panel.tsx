import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import { PathExt } from '@jupyterlab/coreutils';
import * as React from 'react';

import { settle } from '../cells/mending';
import type { IWorkbenches } from '../tokens';
import { CommandIDs } from '../tokens';
import type { IContext } from '../ui';
import { mageIcon, View } from '../ui';
import { TurningModel } from './model';
import { TurningPreview } from './view';

/** What the preview's tab is opened with. */
export type TurningArgs = {
  /** The notebook, relative to the server's root. */
  path: string;
};

/** The tab that shows what a notebook would become, and makes it that. */
export class TurningPanel extends View<TurningArgs> {
  /**
   * @param args - the notebook
   * @param context - what every view gets
   * @param workbenches - the open notebooks
   * @param languages - colours the code, where the host can
   */
  constructor(
    args: TurningArgs,
    context: IContext,
    workbenches: IWorkbenches,
    languages: IEditorLanguageRegistry | null
  ) {
    super(args);
    const { trans } = context;
    this.addClass('mage-Export');
    this.addClass('mage-Turn');
    const name = PathExt.basename(args.path, '.ipynb');
    this.title.icon = mageIcon;
    this.title.label = trans.__('Turn %1', name);
    this.title.caption = trans.__('Turn %1 into a pipeline', args.path);
    this._context = context;
    this._languages = languages;
    this._model = new TurningModel(context.mage, workbenches, args.path);
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
    const { commands } = this._context;
    const { path } = this.args;
    return (
      <TurningPreview
        model={this._model}
        applying={this._applying}
        context={this._context}
        languages={this._languages}
        actions={{
          close: () => this.dispose(),
          goTo: ({ cell_id: cell, line, column }) =>
            void commands.execute(CommandIDs.openCell, {
              path,
              cell,
              line,
              column
            }),
          open: () => void commands.execute('docmanager:open', { path }),
          apply: () => void this._apply()
        }}
      />
    );
  }

  /** Change the notebook as it is shown, and lead on to what an export would write. */
  private async _apply(): Promise<void> {
    const { commands, trans } = this._context;
    const { path } = this.args;
    this._applying = true;
    this.update();
    const turned = await this._model.settled();
    this._applying = false;
    const { panel, workbench } = this._model;
    if (this.isDisposed || !turned || !panel || !workbench) {
      this.update();
      return;
    }
    const count = turned.analysis.blocks.length;
    const said = trans._n(
      '%1 cell is a block now.',
      '%1 cells are blocks now.',
      count
    );
    if (settle({ panel, workbench, trans }, turned.sent, turned.wanted, said)) {
      await commands.execute(CommandIDs.exportNotebook, { path });
      this.dispose();
    } else {
      this.update();
    }
  }

  private _applying = false;
  private _context: IContext;
  private _languages: IEditorLanguageRegistry | null;
  private _model: TurningModel;
}
