// eslint-disable-next-line jupyter/prefer-lazy-imports -- this module is itself loaded by import() only
import { DataModel } from '@lumino/datagrid';

import { type ProductsClient, sentence } from '../client';
import type { Column, RowsPage } from '../contract';
import { isMoment } from '../ui';
import { direction, isNumber } from './query';
import { columnType } from './words';

/** How many rows are read at once. */
export const PAGE = 200;

/** How many pages are kept: the oldest go first. */
const KEPT = 50;

/** How many pages are read at once, and how many wait: fast scrolling passes the others. */
const FLYING = 2;
const WAITING = 4;

/** The arrow beside the name of the column that sorts. */
const ARROWS = { ascending: ' ↑', descending: ' ↓', none: '' };

/**
 * The rows of a frame for a grid, read by pages as they come in sight, in an order that can change.
 */
export class PagedRows extends DataModel {
  /**
   * Know a frame by its columns and the number of its rows.
   */
  constructor(
    private _columns: readonly Column[],
    private _total: number,
    private _read: (
      offset: number,
      limit: number,
      order: ProductsClient.IOrder
    ) => Promise<RowsPage>
  ) {
    super();
  }

  /** How many rows the filters let through. */
  get total(): number {
    return this._total;
  }

  /** The order and the filters that hold. */
  get order(): ProductsClient.IOrder {
    return this._order;
  }

  /**
   * Show other rows, or the same in another order. What is shown stays until they are there, and
   * where they cannot be read.
   *
   * @returns why they cannot be read; null when they are shown, or another order was asked for.
   */
  async ask(order: ProductsClient.IOrder): Promise<string | null> {
    const turn = (this._turn += 1);
    try {
      const page = await this._read(0, PAGE, order);
      if (turn === this._turn) {
        this._order = order;
        this._generation += 1;
        this._flying.clear();
        this._waiting = [];
        this._pages.clear();
        this._pages.set(0, page.rows);
        this._resize(page.total);
        this._repaint('column-header', 2);
        this._repaint('body', this._total);
      }
      return null;
    } catch (error) {
      return turn === this._turn ? sentence(error) : null;
    }
  }

  /** How many rows a region has: the heads are the name and the type. */
  rowCount(region: DataModel.RowRegion): number {
    return region === 'body' ? this._total : 2;
  }

  /** How many columns a region has: the row's number stands before the others. */
  columnCount(region: DataModel.ColumnRegion): number {
    return region === 'body' ? this._columns.length : 1;
  }

  /** A value; undefined while its page is being read. */
  data(region: DataModel.CellRegion, row: number, column: number): unknown {
    switch (region) {
      case 'corner-header':
        return '';
      case 'column-header':
        return this._head(row, this._columns[column]);
      case 'row-header':
        return row + 1;
      case 'body': {
        const page = this._pages.get(Math.floor(row / PAGE));
        if (!page) {
          this._want(Math.floor(row / PAGE));
          return undefined;
        }
        return page[row % PAGE]?.[column];
      }
    }
  }

  /** Whether the column holds numbers, or moments. */
  override metadata(
    region: DataModel.CellRegion,
    _row: number,
    column: number
  ): DataModel.Metadata {
    const body = region === 'body' || region === 'column-header';
    const type = body ? (this._columns[column]?.type ?? '') : '';
    return {
      number: isNumber(type) || region === 'row-header',
      moment: isMoment(type)
    };
  }

  private _head(row: number, { name, type }: Column): string {
    return row === 0
      ? name + ARROWS[direction(this._order, name)]
      : columnType(type);
  }

  /** Rows that come or go at the end leave the widths of the columns, which a reset would not. */
  private _resize(total: number): void {
    const [before, region] = [this._total, 'body' as const];
    const [index, span] = [Math.min(before, total), Math.abs(before - total)];
    this._total = total;
    if (total !== before) {
      const type = total < before ? 'rows-removed' : 'rows-inserted';
      this.emitChanged({ type, region, index, span });
    }
  }

  private _repaint(region: 'body' | 'column-header', rowSpan: number): void {
    const columnSpan = this._columns.length;
    const type = 'cells-changed';
    this.emitChanged({ type, region, row: 0, column: 0, rowSpan, columnSpan });
  }

  private _want(index: number): void {
    if (this._flying.has(index)) {
      return;
    }
    // The page that came in sight last is read first; one that is out of sight again drops out.
    this._waiting = [
      index,
      ...this._waiting.filter(one => one !== index)
    ].slice(0, WAITING);
    this._pump();
  }

  private _pump(): void {
    while (this._flying.size < FLYING) {
      const index = this._waiting.shift();
      if (index === undefined) {
        return;
      }
      this._flying.add(index);
      void this._load(index);
    }
  }

  private async _load(index: number): Promise<void> {
    const generation = this._generation;
    try {
      const page = await this._read(index * PAGE, PAGE, this._order);
      if (generation !== this._generation) {
        return;
      }
      this._pages.set(index, page.rows);
      const [oldest] = this._pages.keys();
      if (this._pages.size > KEPT && oldest !== undefined) {
        this._pages.delete(oldest);
      }
      this.emitChanged({
        type: 'cells-changed',
        region: 'body',
        row: index * PAGE,
        column: 0,
        rowSpan: Math.min(PAGE, this._total - index * PAGE),
        columnSpan: this._columns.length
      });
    } catch {
      // Asked again when the rows come in sight again; the connection's banner tells of it.
    }
    if (generation === this._generation) {
      this._flying.delete(index);
      this._pump();
    }
  }

  private _flying = new Set<number>();
  private _generation = 0;
  private _order: ProductsClient.IOrder = {};
  private _pages = new Map<number, unknown[][]>();
  private _turn = 0;
  private _waiting: number[] = [];
}
