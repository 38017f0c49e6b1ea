import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { type ProductsClient, sentence } from '../client';
import type { Product, Profile, RowsPage, Run } from '../contract';
import type { RunModel } from '../model';
import type { IMage } from '../tokens';

/**
 * What the product view shows: a product, and the others of its run. Products never change.
 */
export class ProductState implements IDisposable {
  /**
   * Read a product.
   */
  constructor(
    private _mage: IMage,
    id: string
  ) {
    this._id = id;
    void this._read();
    _mage.connection.changed.connect(this._onConnection, this);
  }

  /** Something that is shown changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The id of the product. */
  get id(): string {
    return this._id;
  }

  /** The product, once it was read. */
  get product(): Product | null {
    return this._product;
  }

  /** The run that it is of, once it was read. */
  get run(): Run | null {
    return this._run?.value ?? null;
  }

  /** Why it cannot be shown; null when it can. */
  get error(): string | null {
    return this._error;
  }

  /** Whether this was disposed. */
  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /**
   * Show another product.
   */
  show(id: string): void {
    if (id !== this._id) {
      this._id = id;
      void this._read();
    }
  }

  /**
   * Read some rows of the product that is shown.
   */
  rows(
    offset: number,
    limit: number,
    order: ProductsClient.IOrder
  ): Promise<RowsPage> {
    return this._mage.client.products.rows(this._id, offset, limit, order);
  }

  /**
   * Read what the columns of the product hold.
   */
  profile(): Promise<Profile> {
    return this._mage.client.products.profile(this._id);
  }

  /**
   * The address from which it is downloaded in a format.
   */
  fileUrl(format: string): string {
    return this._mage.client.products.fileUrl(this._id, format);
  }

  /** Stop following. */
  dispose(): void {
    if (this._isDisposed) {
      return;
    }
    this._isDisposed = true;
    this._mage.connection.changed.disconnect(this._onConnection, this);
    this._run?.dispose();
    Signal.clearData(this);
  }

  private async _read(): Promise<void> {
    const id = this._id;
    try {
      const product = await this._mage.client.products.get(id);
      if (id !== this._id || this._isDisposed) {
        return;
      }
      this._product = product;
      this._error = null;
      if (this._run?.id !== product.run) {
        this._run?.dispose();
        this._run = this._mage.run(product.run);
        this._run.changed.connect(this._tell, this);
      }
    } catch (error) {
      this._error = sentence(error);
    }
    this._tell();
  }

  private _onConnection(): void {
    if (this._mage.connection.online && this._error !== null) {
      void this._read();
    }
  }

  private _tell(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  private _changed = new Signal<this, void>(this);
  private _error: string | null = null;
  private _id: string;
  private _isDisposed = false;
  private _product: Product | null = null;
  private _run: RunModel | null = null;
}
