import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { PanelLayout } from '@lumino/widgets';

import type { Diagnostic } from '../contract';
import { TYPE_ROLES } from '../ui';
import { openFixMenu } from './fixmenu';
import { inflows, outflows } from './flows';
import type { ICellLine } from './line';
import { CellLine } from './line';
import { CellProblems } from './problems';
import { drawSquiggles } from './squiggles';
import { blockTypeOf, givenName, isParameters } from '../model';
import type { Workbench } from '../model';

/** Draws what a notebook's tagged cells have more than others: line, edge, squiggles, problems. */
export class Decorator implements IDisposable {
  /**
   * @param panel - the notebook
   * @param workbench - its analysis
   * @param trans - for the words
   * @param onFix - shows the fixes of a diagnostic, below a button
   */
  constructor(
    panel: NotebookPanel,
    workbench: Workbench,
    trans: TranslationBundle,
    onFix: (diagnostic: Diagnostic, button: HTMLElement) => void
  ) {
    this._panel = panel;
    this._workbench = workbench;
    this._trans = trans;
    this._onFix = onFix;
    workbench.changed.connect(this._schedule, this);
    panel.content.activeCellChanged.connect(this._schedule, this);
    panel.content.cellInViewportChanged.connect(this._schedule, this);
    panel.content.modelContentChanged.connect(this._schedule, this);
    panel.disposed.connect(this.dispose, this);
    this._schedule();
  }

  /** Whether this has been disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Stop drawing. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    cancelAnimationFrame(this._frame);
    const { content } = this._panel;
    this._workbench.changed.disconnect(this._schedule, this);
    content.activeCellChanged.disconnect(this._schedule, this);
    content.cellInViewportChanged.disconnect(this._schedule, this);
    content.modelContentChanged.disconnect(this._schedule, this);
    Signal.clearData(this);
  }

  private _schedule(): void {
    cancelAnimationFrame(this._frame);
    this._frame = requestAnimationFrame(() => this._draw());
  }

  private _draw(): void {
    const { content } = this._panel;
    if (this._isDisposed || content.isDisposed) {
      return;
    }
    for (const cell of content.widgets) {
      this._drawCell(cell, cell === content.activeCell);
    }
  }

  private _drawCell(cell: Cell, active: boolean): void {
    const layout = cell.layout as PanelLayout | null;
    if (cell.isDisposed || cell.isPlaceholder() || !layout?.widgets.length) {
      return;
    }
    const type = blockTypeOf(cell.model);
    const parameters = isParameters(cell.model);
    const diagnostics = this._workbench.diagnostics(cell.model.id);
    const role = type ? TYPE_ROLES[type] : parameters ? 'steer' : '';
    cell.toggleClass('mage-mod-tagged', role !== '');
    if (role) {
      cell.node.dataset.mageRole = role;
      this._part(cell, 'line').say(this._line(cell, active));
    } else {
      delete cell.node.dataset.mageRole;
      this._parts.get(cell)?.line?.dispose();
      delete this._parts.get(cell)?.line;
    }
    const shown = diagnostics.filter(
      ({ severity }) =>
        severity === 'error' || (severity === 'warning' && active)
    );
    if (shown.length > 0) {
      this._part(cell, 'problems').say(shown);
    } else {
      this._parts.get(cell)?.problems?.dispose();
      delete this._parts.get(cell)?.problems;
    }
    drawSquiggles(
      cell.editor,
      diagnostics.filter(({ severity }) => severity !== 'info')
    );
  }

  private _line(cell: Cell, active: boolean): ICellLine {
    const { model } = cell;
    const { analysis } = this._workbench;
    const block = this._workbench.block(model.id);
    const warned =
      !active && this._workbench.diagnostics(model.id, 'warning').length > 0;
    return {
      type: blockTypeOf(model),
      name: block?.name ?? givenName(model) ?? '',
      reads: block ? inflows(block) : [],
      gives: analysis && block ? outflows(analysis, block) : [],
      mark: warned ? 'warning' : null
    };
  }

  private _part<K extends keyof IParts>(
    cell: Cell,
    key: K
  ): NonNullable<IParts[K]> {
    let parts = this._parts.get(cell);
    if (parts === undefined) {
      parts = {};
      this._parts.set(cell, parts);
    }
    if (!parts[key]) {
      const layout = cell.layout as PanelLayout;
      const made =
        key === 'line'
          ? new CellLine(this._trans)
          : new CellProblems(this._trans, this._onFix);
      parts[key] = made as IParts[K];
      // The header stands first, the input second; the line goes between, the problems below.
      const input = layout.widgets.findIndex(widget =>
        widget.hasClass('jp-Cell-inputWrapper')
      );
      layout.insertWidget(key === 'line' ? input : input + 1, made);
    }
    return parts[key] as NonNullable<IParts[K]>;
  }

  private _frame = 0;
  private _isDisposed = false;
  private _onFix: (diagnostic: Diagnostic, button: HTMLElement) => void;
  private _panel: NotebookPanel;
  private _parts = new WeakMap<Cell, IParts>();
  private _trans: TranslationBundle;
  private _workbench: Workbench;
}

/** What was added to one cell. */
interface IParts {
  line?: CellLine;
  problems?: CellProblems;
}

/** Draw a notebook's blocks for as long as it is open. */
export function decoratePanel(
  panel: NotebookPanel,
  workbench: Workbench,
  trans: TranslationBundle
): Decorator {
  return new Decorator(panel, workbench, trans, (diagnostic, button) => {
    openFixMenu({ panel, workbench, trans, diagnostic }, button);
  });
}
