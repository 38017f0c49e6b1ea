/** One page of a list, newest first; `next` asks for the page after it. */
export interface IPage<T> {
  /** The rows of this page. */
  items: T[];

  /** The cursor of the page that follows; null at the end. */
  next: string | null;
}

/** What every list can be asked. */
export interface IPageQuery {
  /** How many rows at most (the server's cap is 500). */
  limit?: number;

  /** The cursor of the page before. */
  before?: string | null;
}

/** Make one part of a path of a name: a name may hold slashes. */
export function part(name: string): string {
  return encodeURIComponent(name);
}
