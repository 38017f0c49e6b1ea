import * as React from 'react';

import type { Product } from '../contract';
import { CommandIDs } from '../tokens';
import {
  Button,
  cellText,
  count,
  type IContext,
  isMoment,
  productName
} from '../ui';

/** How many rows the small table shows where nothing else is said, and how many columns. */
const ROWS = 4;
const COLUMNS = 6;

/**
 * The first rows of a product, small.
 */
export function Preview(props: {
  /** The product, with its first rows. */
  product: Product;
  /** How many rows at most. */
  limit?: number;
  /** Whether the keyboard reaches it. */
  focusable?: boolean;
  /** Commands and words. */
  context: IContext;
}): JSX.Element {
  const { product, context } = props;
  const { trans, commands } = context;
  const columns = (product.schema ?? []).slice(0, COLUMNS);
  const rows = (product.preview ?? []).slice(0, props.limit ?? ROWS);
  return (
    <div className="mage-Preview">
      <div className="mage-Preview-head">
        <strong className="mage-mod-code">{productName(product, trans)}</strong>
        <span className="mage-mod-grey">
          {trans.__(
            '%1 × %2',
            count(product.rows ?? rows.length),
            count(product.schema?.length ?? 0)
          )}
        </span>
        <Button
          look="link"
          tabIndex={props.focusable === false ? -1 : 0}
          onClick={() =>
            void commands.execute(CommandIDs.openProduct, {
              product: product.id
            })
          }
        >
          {trans.__('Open')}
        </Button>
      </div>
      <div className="mage-Preview-table">
        <table>
          <thead>
            <tr>
              {columns.map(column => (
                <th key={column.name} scope="col" title={column.type}>
                  {column.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={index}>
                {columns.map((column, at) => (
                  <td
                    key={column.name}
                    className={
                      typeof row[at] === 'number' ? 'mage-mod-number' : ''
                    }
                  >
                    {row[at] === null ? (
                      <em className="mage-mod-grey">{trans.__('null')}</em>
                    ) : (
                      cellText(row[at], isMoment(column.type))
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
