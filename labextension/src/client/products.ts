import type { Product, RowsPage } from '../contract';
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

  /** Read some rows of a frame. */
  rows(id: string, offset: number, limit: number): Promise<RowsPage> {
    return this._transport.get(`products/${part(id)}/rows`, { offset, limit });
  }

  /** Give the address from which a product is downloaded in a file format, such as `csv`. */
  fileUrl(id: string, format: string): string {
    return this._transport.url(`products/${part(id)}/file`, { format });
  }

  private _transport: Transport;
}
