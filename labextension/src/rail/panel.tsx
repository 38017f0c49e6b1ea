import { ReactWidget } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { Signal } from '@lumino/signaling';
import * as React from 'react';

import { CellCommandIDs } from '../cells/commands';
import { showDrift } from '../cells/drift';
import { goTo } from '../cells/navigate';
import type { Workbench } from '../model';
import type { IWorkbenches } from '../tokens';
import { CommandIDs } from '../tokens';
import type { IContext } from '../ui';
import { mageIcon } from '../ui';
import { blocksInSight, reveal } from './sight';
import { Rail } from './view';

/** How long after the last move the notebook has its cells in the page, in milliseconds. */
const SETTLE = 500;

/** The panel of the right side bar: it follows the current notebook and its active cell. */
export class RailPanel extends ReactWidget {
  /**
   * @param context - what every view gets
   * @param workbenches - the open notebooks
   */
  constructor(
    private readonly _context: IContext,
    private readonly _workbenches: IWorkbenches
  ) {
    super();
    const { trans } = _context;
    this.id = 'mage-jlab-rail';
    this.addClass('mage-View');
    this.addClass('mage-Rail');
    this.title.icon = mageIcon;
    this.title.caption = trans.__('Blocks of the notebook');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', this.title.caption);
    _workbenches.currentChanged.connect(this._onCurrent, this);
    this._onCurrent();
  }

  /** Stop following. */
  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    cancelAnimationFrame(this._frame);
    clearTimeout(this._settled);
    this._panel?.content.node.removeEventListener('scroll', this, true);
    Signal.clearData(this);
    super.dispose();
  }

  /** Follow the notebook when it is scrolled. */
  handleEvent(): void {
    cancelAnimationFrame(this._frame);
    clearTimeout(this._settled);
    this._frame = requestAnimationFrame(() => this._follow());
    // The host may put the cells into the page only after the last move.
    this._settled = window.setTimeout(() => this._follow(), SETTLE);
  }

  /** Draw the rail. */
  protected render(): JSX.Element {
    const { commands, trans } = this._context;
    const panel = this._panel;
    const workbench = this._workbench;
    const active = panel?.content.activeCell?.model.id ?? null;
    return (
      <Rail
        workbench={workbench}
        active={active}
        mending={this._mending}
        trans={trans}
        actions={{
          goTo: cell => panel && void goTo(panel, { cell }),
          next: () => void commands.execute(CellCommandIDs.nextProblem),
          turn: () => void commands.execute(CommandIDs.turnNotebook),
          mendAll: () => void this._mendAll(),
          openRun: run => void commands.execute(CommandIDs.openRun, { run }),
          showDrift: (cell, kind) =>
            workbench && showDrift(commands, workbench, cell, kind)
        }}
      />
    );
  }

  private _follow(): void {
    const analysis = this._workbench?.analysis;
    if (this._panel && !this._panel.isDisposed && analysis) {
      const cells = new Set(analysis.blocks.map(block => block.cell_id));
      const seen = blocksInSight(this._panel.content, cells);
      // All of them where there is room, else the upper ones.
      reveal(this.node, seen[seen.length - 1]);
      reveal(this.node, seen[0]);
    }
  }

  private _onCurrent(): void {
    const panel = this._workbenches.panel;
    const workbench = this._workbenches.current;
    if (workbench !== this._workbench) {
      this._workbench?.changed.disconnect(this._onChanged, this);
      this._workbench?.last.changed.disconnect(this._onChanged, this);
      workbench?.changed.connect(this._onChanged, this);
      workbench?.last.changed.connect(this._onChanged, this);
      this._workbench = workbench;
    }
    if (panel !== this._panel) {
      if (this._panel && !this._panel.isDisposed) {
        const { content } = this._panel;
        content.activeCellChanged.disconnect(this._onChanged, this);
        content.node.removeEventListener('scroll', this, true);
      }
      panel?.content.activeCellChanged.connect(this._onChanged, this);
      panel?.content.node.addEventListener('scroll', this, {
        capture: true,
        passive: true
      });
      this._panel = panel;
    }
    this._onChanged();
  }

  private _onChanged(): void {
    this.update();
  }

  private async _mendAll(): Promise<void> {
    this._mending = true;
    this.update();
    await this._context.commands.execute(CellCommandIDs.mendAll);
    this._mending = false;
    this.update();
  }

  private _frame = 0;
  private _settled = 0;
  private _mending = false;
  private _panel: NotebookPanel | null = null;
  private _workbench: Workbench | null = null;
}
