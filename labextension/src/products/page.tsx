import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import * as React from 'react';

import type { Product } from '../contract';
import { CommandIDs } from '../tokens';
import {
  Bars,
  blockType,
  Button,
  count,
  Empty,
  fully,
  type IContext,
  isOutput,
  productName,
  moveFocus,
  OfflineBanner,
  shape,
  size,
  Tabs,
  TypeBadge,
  useSignals
} from '../ui';
import { Columns } from './columns';
import type { ProductState } from './model';
import { Value } from './value';

const Rows = React.lazy(() => import('./rows'));

/** The formats in which a product can be downloaded, by its type. */
export function formats(product: Product): readonly string[] {
  switch (product.type) {
    case 'frame':
    case 'series':
      return ['csv', 'parquet', 'arrow', 'json'];
    case 'array':
      return ['npy'];
    case 'json':
      return ['json'];
    case 'figure':
      return ['html', 'png'].filter(
        format => format !== 'png' || product.mime?.['image/png'] !== undefined
      );
    default:
      return [];
  }
}

/** The other products of the run. */
function Others(props: {
  state: ProductState;
  context: IContext;
}): JSX.Element {
  const { state, context } = props;
  const { trans } = context;
  const run = state.run;
  // What blocks displayed is with the run; here it stands only where one looks at it.
  const rows = (run?.block_runs ?? []).flatMap(one =>
    one.products
      .filter(product => !isOutput(product) || product.id === state.id)
      .map(product => ({ one, product }))
  );
  return (
    <nav
      className="mage-Others"
      data-mage-region
      aria-label={trans.__('Products of the run')}
    >
      <h2>
        {run
          ? trans._n(
              '%1 product of run %2',
              '%1 products of run %2',
              rows.length,
              run.number
            )
          : ''}
      </h2>
      <div
        role="listbox"
        aria-label={trans.__('Products of the run')}
        onKeyDown={event => moveFocus(event, '.mage-OtherRow')}
      >
        {rows.map(({ one, product }) => {
          const chosen = product.id === state.id;
          return (
            <div
              key={product.id}
              className="mage-OtherRow"
              role="option"
              aria-selected={chosen}
              tabIndex={chosen ? 0 : -1}
              onClick={() => state.show(product.id)}
              onFocus={() => state.show(product.id)}
            >
              <TypeBadge type={blockType(one.block_type)} trans={trans} />
              <span className="mage-Row-lines">
                <span className="mage-Row-line">
                  <span className="mage-Row-name mage-mod-ellipsis">
                    {one.block}
                  </span>
                </span>
                <span className="mage-Row-line mage-Row-second">
                  <span className="mage-mod-code mage-mod-ellipsis">
                    {productName(product, trans)}
                  </span>
                  <span>
                    {product.rows === null
                      ? product.type
                      : shape(product, trans)}
                  </span>
                </span>
              </span>
            </div>
          );
        })}
      </div>
    </nav>
  );
}

/**
 * The product view: the products of the run at the left, then rows, columns or the value.
 */
export function ProductPage(props: {
  /** What is shown. */
  state: ProductState;
  /** The host's renderers. */
  registry: IRenderMimeRegistry | null;
  /** Counts up when the theme changes. */
  theme: number;
  /** Commands and words. */
  context: IContext;
}): JSX.Element {
  const { state, registry, context } = props;
  const { trans, commands } = context;
  useSignals(state.changed);
  const [tab, setTab] = React.useState<'rows' | 'columns'>('rows');
  const { product, error } = state;
  if (error !== null) {
    return (
      <>
        <OfflineBanner context={context} />
        <Empty title={trans.__('This product cannot be shown')} text={error} />
      </>
    );
  }
  if (!product) {
    return (
      <Bars rows={8} height={24} text={trans.__('Reading the product…')} />
    );
  }
  const frame = product.schema !== null && product.rows !== null;
  const one = state.run?.block_runs.find(at => at.block === product.block);
  const shaped = {
    ...product,
    columns: product.schema?.length ?? null
  };
  return (
    <>
      <OfflineBanner context={context} />
      <header className="mage-Head" data-mage-region>
        <div className="mage-Head-line">
          {one ? (
            <TypeBadge type={blockType(one.block_type)} trans={trans} />
          ) : null}
          <h1 className="mage-mod-ellipsis">{product.block}</h1>
          <span className="mage-mod-code">{productName(product, trans)}</span>
          <span className="mage-Head-shape">
            {frame ? shape(shaped, trans) : product.type}
          </span>
          <span className="mage-mod-grey mage-mod-ellipsis">
            {size(product.bytes)},{' '}
            <Button
              look="link"
              onClick={() =>
                void commands.execute(CommandIDs.openRun, { run: product.run })
              }
            >
              {trans.__('run %1', product.run_number)}
            </Button>
            , {fully(product.created_at)}
          </span>
          <span className="mage-Live-space" />
          {formats(product).map(format => (
            <a
              key={format}
              className="mage-Button"
              href={state.fileUrl(format)}
              download
              title={trans.__('Download as .%1', format)}
            >
              {`.${format}`}
            </a>
          ))}
        </div>
      </header>
      {frame ? (
        <Tabs
          label={trans.__('What is shown of %1', product.name)}
          selected={tab}
          onSelect={setTab}
          tabs={[
            ['rows', trans.__('Rows')],
            [
              'columns',
              trans.__('Columns %1', count(product.schema?.length ?? 0))
            ]
          ]}
        />
      ) : null}
      <div className="mage-Product-body">
        <Others state={state} context={context} />
        {!frame ? (
          <Value product={product} registry={registry} context={context} />
        ) : tab === 'rows' ? (
          product.rows === 0 ? (
            <Empty text={trans.__('%1 has no rows.', product.name)} />
          ) : (
            <React.Suspense fallback={null}>
              <Rows
                state={state}
                product={product}
                context={context}
                theme={props.theme}
              />
            </React.Suspense>
          )
        ) : (
          <Columns state={state} product={product} context={context} />
        )}
      </div>
    </>
  );
}
