import type { IThemeManager } from '@jupyterlab/apputils';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import * as React from 'react';

import { type IContext, productName, tableIcon, View } from '../ui';
import { ProductState } from './model';
import { ProductPage } from './page';

/** What a product view is opened with. */
export interface IProductArgs {
  /** JSON: the layout keeps it. */
  readonly [key: string]: string;
  /** The product's id. */
  readonly product: string;
}

/**
 * The tab of a data product.
 */
export class ProductView extends View<IProductArgs> {
  /**
   * Show a product.
   */
  constructor(
    args: IProductArgs,
    private _context: IContext,
    private _registry: IRenderMimeRegistry | null,
    themes: IThemeManager | null
  ) {
    super(args);
    this.addClass('mage-ProductView');
    this.title.label = _context.trans.__('Product');
    this.title.icon = tableIcon;
    this._state = new ProductState(_context.mage, args.product);
    this._state.changed.connect(this._onState, this);
    themes?.themeChanged.connect(this._onTheme, this);
  }

  /** Stop following. */
  override dispose(): void {
    if (!this.isDisposed) {
      this._state.dispose();
    }
    super.dispose();
  }

  protected override render(): JSX.Element {
    return (
      <ProductPage
        state={this._state}
        registry={this._registry}
        theme={this._theme}
        context={this._context}
      />
    );
  }

  private _onState(): void {
    const product = this._state.product;
    if (product) {
      const { trans } = this._context;
      this.args = { product: product.id };
      this.title.label = trans.__(
        '%1, run %2',
        productName(product, trans),
        product.run_number
      );
      this.title.caption = trans.__(
        '%1 of %2, run %3 of %4',
        product.name,
        product.block,
        product.run_number,
        product.pipeline
      );
    }
  }

  private _onTheme(): void {
    this._theme += 1;
    this.update();
  }

  private _state: ProductState;
  private _theme = 0;
}
