import type { Product, Profile, RowFilter, RowsPage } from '../contract';
import { part } from './page';
import type { Transport } from './transport';

/** Data products over HTTP. */
export class ProductsClient {
  /** @param transport - what carries the requests */
  constructor(transport: Transport) {
    this._transport = transport;
  }

  /** Read a product with its first rows, or its value. */
  get(id: string): Promise<Product> {
    return this._transport.get(`products/${part(id)}`);
  }

  /** Read some rows of a frame; `total` of the answer counts those that the filters let through. */
  rows(
    id: string,
    offset: number,
    limit: number,
    order: ProductsClient.IOrder = {}
  ): Promise<RowsPage> {
    const { sort, filter } = order;
    return this._transport.get(`products/${part(id)}/rows`, {
      offset,
      limit,
      sort,
      filter: filter?.length ? JSON.stringify(filter) : undefined
    });
  }

  /** Read what the columns of a frame hold. */
  profile(id: string): Promise<Profile> {
    return this._transport.get(`products/${part(id)}/profile`);
  }

  /** Give the address from which a product is downloaded in a file format, such as `csv`. */
  fileUrl(id: string, format: string): string {
    return this._transport.url(`products/${part(id)}/file`, { format });
  }

  private _transport: Transport;
}

/** A namespace for `ProductsClient` statics. */
export namespace ProductsClient {
  /** Which rows, and in which order; the stored ones where nothing is said. */
  export interface IOrder {
    /** The column to sort by, with `-` before it for the largest first. */
    sort?: string;
    /** All of these must hold. */
    filter?: readonly RowFilter[];
  }
}
