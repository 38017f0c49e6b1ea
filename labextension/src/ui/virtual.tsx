import { useVirtualizer } from '@tanstack/react-virtual';
import * as React from 'react';

/** What a virtual list is made from. */
export interface IVirtualProps<T> {
  /** All rows. */
  items: readonly T[];
  /** The fixed height of a row, in px. */
  height: number;
  /** The height of the list in px; all of its place when it is not given. */
  listHeight?: number;
  /** What the list is, for screen readers. */
  label: string;
  /** A key that stays with its row. */
  keyOf: (item: T, index: number) => string;
  /** Draws a row. */
  children: (item: T, index: number) => React.ReactNode;
  /** Keep the end in sight while rows are added, until the reader scrolls up. */
  follow?: boolean;
  /** Called when the reader reaches or leaves the end. */
  onEnd?: (atEnd: boolean) => void;
  /** The row that has to be in sight. */
  shown?: number;
  /** The ARIA role of the list. */
  role?: 'list' | 'log' | 'listbox';
}

/**
 * A list of rows with fixed heights, of which only those in sight are in the page.
 */
export function VirtualList<T>(props: IVirtualProps<T>): JSX.Element {
  const { items, follow, shown, onEnd } = props;
  const frame = React.useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => frame.current,
    estimateSize: () => props.height,
    overscan: 12,
    getItemKey: index => props.keyOf(items[index], index)
  });
  React.useEffect(() => {
    if (follow && items.length > 0) {
      virtual.scrollToIndex(items.length - 1, { align: 'end' });
    }
  }, [follow, items.length, virtual]);
  React.useEffect(() => {
    if (shown !== undefined && shown >= 0) {
      virtual.scrollToIndex(shown, { align: 'auto' });
    }
  }, [shown, virtual]);
  const role = props.role ?? 'list';
  return (
    <div
      ref={frame}
      className="mage-Virtual"
      style={{ height: props.listHeight ?? '100%' }}
      onScroll={event => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        onEnd?.(scrollHeight - scrollTop - clientHeight < props.height);
      }}
    >
      <div
        className="mage-Virtual-inner"
        role={role}
        aria-label={props.label}
        aria-rowcount={role === 'log' ? undefined : items.length}
        style={{ height: virtual.getTotalSize() }}
      >
        {virtual.getVirtualItems().map(row => (
          <div
            key={row.key}
            className="mage-Virtual-row"
            role={role === 'list' ? 'listitem' : undefined}
            aria-setsize={role === 'list' ? items.length : undefined}
            aria-posinset={role === 'list' ? row.index + 1 : undefined}
            style={{ height: row.size, top: row.start }}
          >
            {props.children(items[row.index], row.index)}
          </div>
        ))}
      </div>
    </div>
  );
}
