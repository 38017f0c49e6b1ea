import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import * as React from 'react';

import type { Run } from '../contract';
import { Shown } from '../products/value';
import { Button, type IContext, useSignals } from '../ui';
import type { Displayed } from './displayed';

/**
 * What the blocks of a run displayed, as a notebook would show it below their cells.
 */
export function OutputTab(props: {
  /** The run. */
  run: Run;
  /** The block that the user chose. */
  block: string | null;
  /** What is kept of it. */
  displayed: Displayed;
  /** The host's renderers. */
  registry: IRenderMimeRegistry | null;
  /** Words. */
  context: IContext;
  /** Called to show that of all blocks again. */
  onAll: () => void;
}): JSX.Element {
  const { run, block, displayed, registry, context } = props;
  const { trans } = context;
  useSignals(displayed.changed);
  const shown = displayed.of(run, block);
  return (
    <div className="mage-Output" tabIndex={0}>
      {block === null ? null : (
        <p className="mage-Products-filter">
          {trans.__('Output of %1.', block)}{' '}
          <Button look="link" onClick={props.onAll}>
            {trans.__('Show all')}
          </Button>
        </p>
      )}
      {shown.length === 0 ? (
        <p className="mage-mod-grey mage-Log-empty">
          {trans.__('%1 displayed nothing.', block ?? run.pipeline)}
        </p>
      ) : null}
      {shown.map(({ block: name, id, product, lost }, index) => (
        <figure
          key={id}
          className="mage-Output-one"
          aria-label={trans.__('Output %1 of %2', index + 1, name)}
        >
          {shown[index - 1]?.block === name ? null : (
            <figcaption>{name}</figcaption>
          )}
          {product ? (
            <Shown product={product} registry={registry} context={context} />
          ) : (
            <p className="mage-mod-grey">
              {lost
                ? trans.__('It is no longer kept.')
                : trans.__('Reading what %1 displayed…', name)}
            </p>
          )}
        </figure>
      ))}
    </div>
  );
}
