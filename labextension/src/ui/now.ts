import * as React from 'react';

/** What wants to know that time has passed; `quick` ones every second, others every minute. */
interface IListener {
  /** Called with the new time. */
  tell: (now: number) => void;
  /** Whether a second matters to it. */
  quick: boolean;
}

/**
 * The one timer of the page: it ticks once a second while somebody shows something younger than
 * a minute, else once a minute, and never while the page is hidden.
 */
class PageClock {
  /**
   * Listen until the returned function is called.
   */
  add(listener: IListener): () => void {
    this._listeners.add(listener);
    this._start();
    return () => {
      this._listeners.delete(listener);
      if (this._listeners.size === 0 && this._timer !== null) {
        window.clearInterval(this._timer);
        this._timer = null;
      }
    };
  }

  private _start(): void {
    if (this._timer === null) {
      this._timer = window.setInterval(() => this._tick(), 1000);
    }
  }

  private _tick(): void {
    if (document.visibilityState === 'hidden') {
      return;
    }
    const now = Date.now();
    const minute = Math.floor(now / 60000);
    const turned = minute !== this._minute;
    this._minute = minute;
    for (const listener of [...this._listeners]) {
      if (listener.quick || turned) {
        listener.tell(now);
      }
    }
  }

  private _listeners = new Set<IListener>();
  private _minute = 0;
  private _timer: number | null = null;
}

const pageClock = new PageClock();

/**
 * The time, told anew each second while `quick` holds, else each minute.
 */
export function useNow(quick: boolean): number {
  const [now, setNow] = React.useState(() => Date.now());
  React.useEffect(() => pageClock.add({ tell: setNow, quick }), [quick]);
  return now;
}
