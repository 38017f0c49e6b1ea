import type { IPage, IPageQuery } from '../client';
import { Resource } from './resource';

/** How many rows are read at first. */
const FIRST = 100;

/** The server's cap on the rows of one page. */
const CAP = 500;

/**
 * A paged list on the server. What was loaded is read again as a whole, so that its rows fit
 * together; `more` loads the page after it.
 */
export class ListModel<T, Q extends IPageQuery> extends Resource<IPage<T>> {
  /** @param options - what to read, which rows, and when to read them again */
  constructor(options: ListModel.IOptions<T, Q>) {
    super({ ...options, read: () => this._readAll() });
    this._page = options.page;
    this._query = options.query;
  }

  /** The rows that are loaded. */
  get items(): T[] {
    return this.value?.items ?? [];
  }

  /** Whether there are more rows than are loaded. */
  get hasMore(): boolean {
    return Boolean(this.value?.next);
  }

  /** Which rows are asked for. */
  get query(): Q {
    return this._query;
  }

  /** Ask for other rows; the ones that are shown stay until the answer is there. */
  async ask(query: Q): Promise<void> {
    this._query = query;
    this._wanted = FIRST;
    await this.refresh();
  }

  /** Load the rows after those that are loaded. */
  async more(): Promise<void> {
    if (this.hasMore) {
      this._wanted = this.items.length + FIRST;
      await this.refresh();
    }
  }

  private async _readAll(): Promise<IPage<T>> {
    const items: T[] = [];
    let before: string | null = null;
    do {
      const limit = Math.min(CAP, this._wanted - items.length);
      const page: IPage<T> = await this._page({
        ...this._query,
        limit,
        before
      });
      items.push(...page.items);
      before = page.next;
    } while (before !== null && items.length < this._wanted);
    return { items, next: before };
  }

  private _page: (query: Q) => Promise<IPage<T>>;
  private _query: Q;
  private _wanted = FIRST;
}

/** A namespace for `ListModel` statics. */
export namespace ListModel {
  /** What to read, which rows, and when to read them again. */
  export interface IOptions<T, Q> extends Omit<
    Resource.IOptions<IPage<T>>,
    'read'
  > {
    /** Reads one page. */
    page: (query: Q) => Promise<IPage<T>>;

    /** Which rows to read. */
    query: Q;
  }
}
