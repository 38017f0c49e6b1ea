import * as React from 'react';

import type { Run } from '../contract';
import { CommandIDs } from '../tokens';
import {
  blockType,
  Button,
  type IContext,
  isOutput,
  moveFocus,
  shape,
  size,
  TypeBadge
} from '../ui';

/**
 * The products of a run, or those of one block of it; one opens in a tab of its own.
 */
export function ProductsTab(props: {
  /** The run. */
  run: Run;
  /** The block that the user chose. */
  block: string | null;
  /** Commands and words. */
  context: IContext;
  /** Called to show those of all blocks again. */
  onAll: () => void;
}): JSX.Element {
  const { run, block, context } = props;
  const { trans, commands } = context;
  const live = run.state === 'running' || run.state === 'queued';
  const rows = run.block_runs
    .filter(one => block === null || one.block === block)
    .flatMap(one =>
      one.products
        .filter(product => !isOutput(product))
        .map(product => ({ one, product }))
    );
  const open = (id: string): void =>
    void commands.execute(CommandIDs.openProduct, { product: id });
  return (
    <div className="mage-Products">
      {block === null ? null : (
        <p className="mage-Products-filter">
          {trans.__('Products of %1.', block)}{' '}
          <Button look="link" onClick={props.onAll}>
            {trans.__('Show all')}
          </Button>
        </p>
      )}
      {rows.length === 0 ? (
        <p className="mage-mod-grey mage-Log-empty">
          {live
            ? trans.__('Nothing was given back yet.')
            : block === null
              ? trans.__('No block gave anything back in run %1.', run.number)
              : trans.__('%1 gave nothing back in run %2.', block, run.number)}
        </p>
      ) : (
        <div
          role="list"
          aria-label={trans.__('Products of run %1', run.number)}
          onKeyDown={event => moveFocus(event, '.mage-ProductRow')}
        >
          {rows.map(({ one, product }, index) => (
            <div
              key={product.id}
              className="mage-ProductRow"
              role="listitem"
              tabIndex={index === 0 ? 0 : -1}
              aria-label={trans.__(
                '%1 of %2, %3',
                product.name,
                one.block,
                shape(product, trans)
              )}
              data-mage-product={product.id}
              onClick={() => open(product.id)}
              onKeyDown={event => {
                if (event.key === 'Enter') {
                  open(product.id);
                }
              }}
            >
              <TypeBadge type={blockType(one.block_type)} />
              <span className="mage-ProductRow-block mage-mod-ellipsis">
                {one.block}
              </span>
              <span className="mage-ProductRow-name mage-mod-code mage-mod-ellipsis">
                {product.name}
              </span>
              <span className="mage-mod-grey">{product.type}</span>
              <span className="mage-ProductRow-shape">
                {product.rows === null ? '' : shape(product, trans)}
              </span>
              <span className="mage-ProductRow-size mage-mod-grey">
                {one.cached ? trans.__('reused') : size(product.bytes)}
              </span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
