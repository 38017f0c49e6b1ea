import type { NotebookPanel } from '@jupyterlab/notebook';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import { Menu } from '@lumino/widgets';
import * as React from 'react';

import type { Workbench } from '../model';
import type { IWorkbenches } from '../tokens';
import { CommandIDs } from '../tokens';
import type { IContext } from '../ui';
import { foldIcon, runIcon } from '../ui';

/** The buttons of a notebook's toolbar: export and run; not there while no cell is a block. */
export class PipelineButtons extends ReactWidget {
  /**
   * @param panel - the notebook
   * @param workbenches - the open notebooks
   * @param context - what every view gets
   */
  constructor(
    private readonly _panel: NotebookPanel,
    workbenches: IWorkbenches,
    private readonly _context: IContext
  ) {
    super();
    this.addClass('mage-PipelineButtons');
    this.hide();
    const follow = (): void => {
      this._workbench = workbenches.of(_panel);
      this._workbench?.changed.connect(this._onChanged, this);
      this._onChanged();
    };
    if (workbenches.of(_panel)) {
      follow();
    } else {
      workbenches.added.connect((_, added) => {
        if (added === _panel && !this._workbench) {
          follow();
        }
      }, this);
    }
  }

  /** Stop following the notebook. */
  override dispose(): void {
    Signal.clearData(this);
    super.dispose();
  }

  /** Draw the buttons. */
  protected render(): JSX.Element {
    const { commands, trans } = this._context;
    return (
      <>
        <button
          type="button"
          className="mage-ToolbarButton"
          title={trans.__('Show what an export to block files would change')}
          onClick={() => {
            this._panel.activate();
            void commands.execute(CommandIDs.exportNotebook);
          }}
        >
          {trans.__('Export…')}
        </button>
        <button
          type="button"
          className="mage-ToolbarButton"
          aria-haspopup="menu"
          onClick={event => this._openMenu(event.currentTarget)}
        >
          <runIcon.react tag="span" />
          {trans.__('Run pipeline')}
          <foldIcon.react tag="span" />
        </button>
      </>
    );
  }

  private _openMenu(button: HTMLElement): void {
    const { commands } = this._context;
    const command = CommandIDs.runPipeline;
    this._panel.activate();
    const menu = new Menu({ commands });
    menu.addItem({ command, args: { part: 'all' } });
    menu.addItem({ command, args: { part: 'upto' } });
    menu.addItem({ command, args: { part: 'from' } });
    menu.addItem({ command, args: { part: 'block' } });
    menu.addItem({ type: 'separator' });
    menu.addItem({ command: CommandIDs.runWithVariables });
    menu.aboutToClose.connect(() => {
      // The chosen item's command runs after the menu has closed.
      window.setTimeout(() => menu.dispose(), 0);
    });
    const { left, bottom } = button.getBoundingClientRect();
    menu.open(left, bottom);
    menu.activeIndex = 0;
  }

  private _onChanged(): void {
    this.setHidden(!this._workbench?.isPipeline);
  }

  private _workbench: Workbench | null = null;
}
