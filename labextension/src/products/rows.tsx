import * as React from 'react';

import type { ProductsClient } from '../client';
import type { Product } from '../contract';
import type { IContext } from '../ui';
import { RowsBar } from './bar';
import { Grid } from './grid';
import type { ProductState } from './model';
import { PagedRows } from './pages';
import { sorted } from './query';

/**
 * The rows of a frame, and what says which of them in which order.
 */
export default function Rows(props: {
  /** What is shown. */
  state: ProductState;
  /** The product. */
  product: Product;
  /** Words. */
  context: IContext;
  /** Counts up when the theme changes. */
  theme: number;
}): JSX.Element {
  const { state, product, context, theme } = props;
  const [problem, setProblem] = React.useState<string | null>(null);
  const [, redraw] = React.useReducer((turn: number) => turn + 1, 0);
  const columns = product.schema ?? [];
  const model = React.useMemo(
    () =>
      new PagedRows(
        product.schema ?? [],
        product.rows ?? 0,
        (offset, limit, order) => state.rows(offset, limit, order)
      ),
    [state, product]
  );
  React.useEffect(() => setProblem(null), [model]);
  const ask = React.useCallback(
    async (order: ProductsClient.IOrder) => {
      setProblem(await model.ask(order));
      redraw();
    },
    [model]
  );
  const onSort = React.useCallback(
    (column: number) =>
      void ask(sorted(model.order, (product.schema ?? [])[column].name)),
    [ask, model, product]
  );
  return (
    <div className="mage-Frame">
      <RowsBar
        key={product.id}
        columns={columns}
        order={model.order}
        total={model.total}
        all={product.rows ?? 0}
        problem={problem}
        context={context}
        onOrder={order => void ask(order)}
      />
      <Grid
        model={model}
        product={product}
        context={context}
        theme={theme}
        onSort={onSort}
      />
    </div>
  );
}
