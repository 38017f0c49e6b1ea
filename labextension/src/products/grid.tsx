// eslint-disable-next-line jupyter/prefer-lazy-imports -- this module is itself loaded by import() only
import {
  BasicKeyHandler,
  BasicMouseHandler,
  BasicSelectionModel,
  type CellRenderer,
  DataGrid,
  TextRenderer
} from '@lumino/datagrid';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import type { Product } from '../contract';
import { cellText, count, type IContext } from '../ui';
import type { PagedRows } from './pages';

/** The height of a row and the least and most width of a column, in px. */
const ROW = 24;
const NARROW = 72;
const WIDE = 220;

/** How near to its edge a head is grasped to make the column wider, in px. */
const EDGE = 6;

/** What the mouse does: a click on a column's name sorts by it, beside what it does anyway. */
class SortingMouse extends BasicMouseHandler {
  constructor(private _onSort: (column: number) => void) {
    super();
  }

  /** Take a press of the mouse. */
  override onMouseDown(grid: DataGrid, event: MouseEvent): void {
    super.onMouseDown(grid, event);
    const hit = grid.hitTest(event.clientX, event.clientY);
    const inside = hit.x >= EDGE && hit.width - hit.x > EDGE;
    if (hit.region === 'column-header' && event.button === 0 && inside) {
      this._onSort(hit.column);
    }
  }
}

/** The value of a token where it stands. */
function token(node: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  node.appendChild(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** How a grid looks in the theme that is on. */
function look(node: HTMLElement): {
  style: DataGrid.Style;
  body: TextRenderer;
  heads: TextRenderer;
} {
  const font = getComputedStyle(node).fontFamily;
  const line = token(node, '--mage-line');
  const text = token(node, '--jp-ui-font-color1');
  const grey = token(node, '--jp-ui-font-color2');
  const ground = token(node, '--jp-layout-color1');
  const right = (config: CellRenderer.CellConfig): 'right' | 'left' =>
    config.metadata['number'] ? 'right' : 'left';
  return {
    style: {
      voidColor: ground,
      backgroundColor: ground,
      gridLineColor: line,
      headerBackgroundColor: ground,
      headerGridLineColor: line,
      selectionFillColor: token(node, '--mage-selected'),
      selectionBorderColor: token(node, '--jp-brand-color1'),
      cursorFillColor: token(node, '--mage-selected'),
      cursorBorderColor: token(node, '--jp-brand-color1')
    },
    body: new TextRenderer({
      font: `12px ${font}`,
      horizontalAlignment: right,
      textColor: config => (config.value === null ? grey : text),
      format: ({ value, metadata }) =>
        value === undefined
          ? ''
          : value === null
            ? 'null'
            : cellText(value, Boolean(metadata['moment'])).replace(/\s+/g, ' ')
    }),
    heads: new TextRenderer({
      font: config =>
        config.region === 'column-header' && config.row === 0
          ? `600 12px ${font}`
          : `11px ${font}`,
      horizontalAlignment: right,
      textColor: config =>
        config.region === 'column-header' && config.row === 0 ? text : grey,
      format: ({ value, region }) =>
        region === 'row-header' ? count(Number(value)) : String(value)
    })
  };
}

/** The width that a column needs for its head and its first values. */
function width(product: Product, column: number): number {
  const { name, type } = (product.schema ?? [])[column];
  const values = (product.preview ?? []).map(
    row => cellText(row[column]).length
  );
  const longest = Math.max(name.length + 1, type.length, ...values);
  return Math.min(WIDE, Math.max(NARROW, longest * 7.2 + 20));
}

/**
 * A grid of the rows of a frame.
 */
export function Grid(props: {
  /** The rows. */
  model: PagedRows;
  /** The product. */
  product: Product;
  /** Words. */
  context: IContext;
  /** Counts up when the theme changes. */
  theme: number;
  /** Called with the place of the column whose head was clicked. */
  onSort: (column: number) => void;
}): JSX.Element {
  const { model, product, context, theme, onSort } = props;
  const { trans } = context;
  const place = React.useRef<HTMLDivElement>(null);
  // A layout effect ends while its place is still in the page, as a widget's end demands.
  React.useLayoutEffect(() => {
    const node = place.current;
    if (!node) {
      return;
    }
    const { style, body, heads } = look(node);
    const grid = new DataGrid({
      style,
      defaultSizes: {
        rowHeight: ROW,
        columnWidth: 110,
        rowHeaderWidth: 64,
        columnHeaderHeight: 20
      }
    });
    grid.cellRenderers.update({
      body,
      'column-header': heads,
      'row-header': heads,
      'corner-header': heads
    });
    grid.dataModel = model;
    grid.keyHandler = new BasicKeyHandler();
    grid.mouseHandler = new SortingMouse(onSort);
    grid.selectionModel = new BasicSelectionModel({ dataModel: model });
    product.schema?.forEach((_, index) =>
      grid.resizeColumn('body', index, width(product, index))
    );
    Widget.attach(grid, node);
    const observer = new ResizeObserver(() =>
      MessageLoop.sendMessage(grid, Widget.ResizeMessage.UnknownSize)
    );
    observer.observe(node);
    return () => {
      observer.disconnect();
      grid.dispose();
    };
  }, [model, product, theme, onSort]);
  return (
    <div
      ref={place}
      className="mage-Rows"
      role="region"
      data-mage-region
      aria-label={trans.__(
        'Rows of %1: %2 rows, %3 columns',
        product.name,
        count(product.rows ?? 0),
        count(product.schema?.length ?? 0)
      )}
    />
  );
}
