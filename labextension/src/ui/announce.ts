/** The least time between two polite sentences, in ms. */
const PAUSE = 2000;

/**
 * The one live region of the page: at most one polite sentence in two seconds, the newest wins;
 * a failure is said at once.
 */
class Announcer {
  /**
   * Say a change of state when there is time for it.
   */
  politely(sentence: string): void {
    this._waiting = sentence;
    this._timer ??= window.setTimeout(() => this._flush(), PAUSE);
    if (this._lastAt + PAUSE < Date.now()) {
      this._flush();
    }
  }

  /**
   * Say a failure at once.
   */
  atOnce(sentence: string): void {
    this._region('assertive').textContent = sentence;
  }

  private _flush(): void {
    if (this._timer !== null) {
      window.clearTimeout(this._timer);
      this._timer = null;
    }
    this._lastAt = Date.now();
    this._region('polite').textContent = this._waiting;
  }

  private _region(manner: 'polite' | 'assertive'): HTMLElement {
    let region = this._regions.get(manner);
    if (!region) {
      region = document.createElement('div');
      region.className = 'mage-mod-hidden';
      region.setAttribute('aria-live', manner);
      document.body.appendChild(region);
      this._regions.set(manner, region);
    }
    return region;
  }

  private _lastAt = 0;
  private _regions = new Map<string, HTMLElement>();
  private _timer: number | null = null;
  private _waiting = '';
}

/** What views say changes of state to. */
export const announcer = new Announcer();
