import { type IRenderMimeRegistry, MimeModel } from '@jupyterlab/rendermime';
import type { PartialJSONObject, PartialJSONValue } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import type { Product } from '../contract';
import { Empty, type IContext, size } from '../ui';

/** The schema of a Vega-Lite or Vega specification, and its version. */
const VEGA = /\/schema\/(vega-lite|vega)\/v(\d+)/;

/**
 * The MIME bundle by which a product is drawn; null where there is nothing to draw.
 */
export function bundle(product: Product): PartialJSONObject | null {
  if (product.mime && Object.keys(product.mime).length > 0) {
    return product.mime as PartialJSONObject;
  }
  const { type } = product;
  const value = product.value as PartialJSONValue | undefined;
  if (value === null || value === undefined) {
    return null;
  }
  if (type === 'json') {
    const schema = (value as { $schema?: unknown }).$schema;
    const [, kind, version] =
      (typeof schema === 'string' ? VEGA.exec(schema) : null) ?? [];
    // A chart alone: beside plain JSON the host would prefer that.
    return kind
      ? { [`application/vnd.${kind.replace('-', '')}.v${version}+json`]: value }
      : { 'application/json': value };
  }
  return typeof value === 'string' ? { 'text/plain': value } : null;
}

/** A bundle, drawn by the host's renderers and not trusted. */
function Drawn(props: {
  data: PartialJSONObject;
  registry: IRenderMimeRegistry;
}): JSX.Element {
  const { data, registry } = props;
  const place = React.useRef<HTMLDivElement>(null);
  // A layout effect ends while its place is still in the page, as a widget's end demands.
  React.useLayoutEffect(() => {
    const node = place.current;
    const type = registry.preferredMimeType(data, 'ensure');
    if (!node || !type) {
      return;
    }
    const renderer = registry.createRenderer(type);
    Widget.attach(renderer, node);
    void renderer.renderModel(new MimeModel({ data, trusted: false }));
    return () => renderer.dispose();
  }, [data, registry]);
  return <div ref={place} className="mage-Value-drawn" />;
}

/**
 * A product that is no frame: a figure, JSON, a text; or what it is, where it cannot be shown.
 */
export function Value(props: IValueProps): JSX.Element {
  return (
    <div className="mage-Value" data-mage-region tabIndex={0}>
      <Shown {...props} />
    </div>
  );
}

/** What a value is drawn from. */
export interface IValueProps {
  /** The product. */
  product: Product;
  /** The host's renderers. */
  registry: IRenderMimeRegistry | null;
  /** Words. */
  context: IContext;
}

/**
 * What is shown of a value, without a place of its own.
 */
export function Shown(props: IValueProps): JSX.Element {
  const { product, registry, context } = props;
  const { trans } = context;
  const data = React.useMemo(() => {
    const first = bundle(product);
    const known = first && registry?.preferredMimeType(first, 'ensure');
    // A chart of a version that the host does not draw is still JSON to read.
    return known || product.type !== 'json' || product.mime
      ? first
      : ({ 'application/json': product.value } as PartialJSONObject);
  }, [product, registry]);
  const drawable =
    data && registry ? registry.preferredMimeType(data, 'ensure') : undefined;
  if (data && registry && drawable) {
    return <Drawn data={data} registry={registry} />;
  }
  if (data && typeof data['text/plain'] === 'string') {
    return <pre>{data['text/plain']}</pre>;
  }
  return (
    <Empty
      text={trans.__(
        'A value of %1, %2. It can be loaded in a notebook.',
        product.type_name ?? product.type,
        size(product.bytes)
      )}
    />
  );
}
