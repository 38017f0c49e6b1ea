import { type ISignal, Signal } from '@lumino/signaling';

import type { ProductsClient } from '../client';
import type { Product, Run } from '../contract';
import { isOutput } from '../ui';

/** Something that a block displayed, in the order in which it did. */
export interface IDisplayed {
  /** The block. */
  block: string;

  /** The id under which it is kept. */
  id: string;

  /** What is kept; null while it is read, or when it is not there any more. */
  product: Product | null;

  /** Whether it could not be read. */
  lost: boolean;
}

/**
 * What the blocks of a run displayed. Each is read once, when it is first asked for: what a run
 * kept never changes.
 */
export class Displayed {
  /** @param client - who reads it */
  constructor(client: ProductsClient) {
    this._client = client;
  }

  /** Emitted when something was read. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** List what the blocks of a run displayed, or one of them; reads what is not known yet. */
  of(run: Run, block: string | null): IDisplayed[] {
    return run.block_runs
      .filter(one => block === null || one.block === block)
      .flatMap(one =>
        one.products.filter(isOutput).map(({ id }) => {
          const known = this._known.get(id);
          if (known === undefined) {
            this._known.set(id, null);
            void this._read(id);
          }
          const lost = known === 'lost';
          const product = lost ? null : (known ?? null);
          return { block: one.block, id, product, lost };
        })
      );
  }

  private async _read(id: string): Promise<void> {
    try {
      this._known.set(id, await this._client.get(id));
    } catch {
      this._known.set(id, 'lost');
    }
    this._changed.emit();
  }

  private _changed = new Signal<this, void>(this);
  private _client: ProductsClient;
  private _known = new Map<string, Product | 'lost' | null>();
}
