import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { PanelLayout } from '@lumino/widgets';

import type { Diagnostic } from '../contract';
import { TYPE_ROLES } from '../ui';
import { openFixMenu } from './fixmenu';
import type { DriftKind } from './drift';
import { driftOf } from './drift';
import { cellsOfFlow, flowSentence, inflows, outflows } from './flows';
import type { ICellLine } from './line';
import { CellLine } from './line';
import type { IMending } from './mending';
import { watchNames } from './names';
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
   * @param actions - what a click on one of the drawn things does
   */
  constructor(
    panel: NotebookPanel,
    workbench: Workbench,
    trans: TranslationBundle,
    actions: Decorator.IActions
  ) {
    this._panel = panel;
    this._workbench = workbench;
    this._trans = trans;
    this._actions = actions;
    workbench.changed.connect(this._schedule, this);
    workbench.last.changed.connect(this._schedule, this);
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
    this._workbench.last.changed.disconnect(this._schedule, this);
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
    const lifted = this._lifted();
    for (const cell of content.widgets) {
      cell.toggleClass('mage-mod-lifted', lifted.includes(cell.model.id));
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
      this._watchNames(cell);
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
    const { analysis, last } = this._workbench;
    const block = this._workbench.block(model.id);
    const caret = this._caret?.cell === model.id ? this._caret.name : null;
    const warned =
      !active && this._workbench.diagnostics(model.id, 'warning').length > 0;
    return {
      type: blockTypeOf(model),
      name: block?.name ?? givenName(model) ?? '',
      reads: block ? inflows(block) : [],
      gives: analysis && block ? outflows(analysis, block) : [],
      mark: warned ? 'warning' : null,
      drift: block ? driftOf(block, last.block(block.name)) : [],
      told: caret === null ? null : this._sentence(model.id, caret)
    };
  }

  private _watchNames(cell: Cell): void {
    const { id } = cell.model;
    const known = (name: string | null): IName | null =>
      name !== null && this._sentence(id, name) ? { cell: id, name } : null;
    watchNames(cell.editor, {
      sentence: name => this._sentence(id, name),
      onHover: name => {
        this._hover = known(name);
        this._schedule();
      },
      onCaret: name => {
        const before = this._caret;
        if (name !== null || before?.cell === id) {
          this._caret = known(name);
        }
        if (before?.cell !== this._caret?.cell || before?.name !== name) {
          this._schedule();
        }
      }
    });
  }

  private _sentence(cell: string, name: string): string | null {
    const block = this._workbench.block(cell);
    return (
      block && flowSentence(name, block, this._workbench.last, this._trans)
    );
  }

  /** The cells at both ends of the name under the pointer, else of the one at the caret. */
  private _lifted(): string[] {
    const place = this._hover ?? this._caret;
    const { analysis } = this._workbench;
    const block = place && this._workbench.block(place.cell);
    return analysis && block && Object.keys(block.inputs).includes(place.name)
      ? cellsOfFlow(place.name, block, analysis)
      : [];
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
          ? new CellLine(this._trans, kind =>
              this._actions.showDrift(cell.model.id, kind)
            )
          : new CellProblems(this._trans, (diagnostic, button) =>
              this._actions.fix(diagnostic, button)
            );
      parts[key] = made as IParts[K];
      // The header stands first, the input second; the line goes between, the problems below.
      const input = layout.widgets.findIndex(widget =>
        widget.hasClass('jp-Cell-inputWrapper')
      );
      layout.insertWidget(key === 'line' ? input : input + 1, made);
    }
    return parts[key] as NonNullable<IParts[K]>;
  }

  private _actions: Decorator.IActions;
  private _caret: IName | null = null;
  private _frame = 0;
  private _hover: IName | null = null;
  private _isDisposed = false;
  private _panel: NotebookPanel;
  private _parts = new WeakMap<Cell, IParts>();
  private _trans: TranslationBundle;
  private _workbench: Workbench;
}

/** A namespace for `Decorator` statics. */
export namespace Decorator {
  /** What a click on one of the drawn things does. */
  export interface IActions {
    /** Show the fixes of a diagnostic, below a button. */
    fix: (diagnostic: Diagnostic, button: HTMLElement) => void;

    /** Show how a cell, its file and its last run disagree. */
    showDrift: (cell: string, kind: DriftKind) => void;
  }
}

/** A name that flows into the block of a cell. */
interface IName {
  cell: string;
  name: string;
}

/** What was added to one cell. */
interface IParts {
  line?: CellLine;
  problems?: CellProblems;
}

/** Draw a notebook's blocks for as long as it is open. */
export function decoratePanel(
  mending: IMending,
  showDrift: Decorator.IActions['showDrift']
): Decorator {
  const { panel, trans, workbench } = mending;
  return new Decorator(panel, workbench, trans, {
    fix: (diagnostic, button) => {
      openFixMenu(mending, diagnostic, button);
    },
    showDrift
  });
}
