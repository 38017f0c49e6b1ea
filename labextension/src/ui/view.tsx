import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { ReactWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { ReadonlyJSONObject } from '@lumino/coreutils';
import type { Title, Widget } from '@lumino/widgets';

/** What a view is opened with: JSON, so that the layout can be restored. */
export type ViewArgs = ReadonlyJSONObject;

/**
 * A tab of the main area: a region with the words of its title, through whose parts F6 leads.
 */
export abstract class View<A extends ViewArgs = ViewArgs> extends ReactWidget {
  /**
   * Make a view of what its arguments name.
   */
  constructor(args: A) {
    super();
    this._args = args;
    this.addClass('mage-View');
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'region');
    this.title.closable = true;
    this.title.changed.connect(this._onTitle, this);
  }

  /** What is shown: the layout restores it. */
  get args(): A {
    return this._args;
  }

  protected set args(args: A) {
    this._args = args;
  }

  /** Handle the keys that lead between the regions of the view. */
  handleEvent(event: KeyboardEvent): void {
    if (event.key !== 'F6') {
      return;
    }
    const regions = [
      ...this.node.querySelectorAll<HTMLElement>('[data-mage-region]')
    ];
    if (regions.length === 0) {
      return;
    }
    const here = regions.findIndex(region =>
      region.contains(document.activeElement)
    );
    const step = event.shiftKey ? -1 : 1;
    const region = regions[(here + step + regions.length) % regions.length];
    const target = region.querySelector<HTMLElement>(
      '[tabindex="0"], button:not([tabindex="-1"]), input, select'
    );
    (target ?? region).focus();
    event.preventDefault();
    event.stopPropagation();
  }

  protected override onAfterAttach(msg: never): void {
    super.onAfterAttach(msg);
    this.node.addEventListener('keydown', this);
  }

  protected override onBeforeDetach(msg: never): void {
    this.node.removeEventListener('keydown', this);
    super.onBeforeDetach(msg);
  }

  protected override onActivateRequest(): void {
    const target = this.node.querySelector<HTMLElement>('[tabindex="0"]');
    (target ?? this.node).focus({ preventScroll: true });
  }

  private _onTitle(title: Title<Widget>): void {
    this.node.setAttribute('aria-label', title.caption || title.label);
  }

  private _args: A;
}

/**
 * Opens one tab for each thing, shows the one that is there, and restores tabs with the layout.
 */
export class Opener<A extends ViewArgs> {
  /**
   * Remember how views of one kind are made.
   */
  constructor(private _options: Opener.IOptions<A>) {
    this._tracker = new WidgetTracker<View<A>>({
      namespace: _options.command.replace(':', '-')
    });
    if (_options.restorer) {
      void _options.restorer.restore(this._tracker, {
        command: _options.command,
        args: view => view.args,
        name: view => _options.key(view.args)
      });
    }
  }

  /**
   * Show the view of these arguments, made where there is none.
   */
  open(args: A): View<A> {
    const { app, key, make, command } = this._options;
    const name = key(args);
    const known = this._tracker.find(view => key(view.args) === name);
    const view = known ?? make(args);
    if (!known) {
      view.id = `${command.replace(':', '-')}-${name.replace(/\W+/g, '-')}`;
      void this._tracker.add(view);
    }
    if (!view.isAttached) {
      app.shell.add(view, 'main', { type: 'mage' });
    }
    app.shell.activateById(view.id);
    return view;
  }

  private _tracker: WidgetTracker<View<A>>;
}

/** Options of an opener. */
export namespace Opener {
  /** How views of one kind are made and found again. */
  export interface IOptions<A extends ViewArgs> {
    /** The application, whose shell holds the tabs. */
    app: JupyterFrontEnd;
    /** The command that opens such a view. */
    command: string;
    /** Makes a view. */
    make: (args: A) => View<A>;
    /** The name of the thing that is shown: one tab for each. */
    key: (args: A) => string;
    /** Restores the tabs, where the application keeps its layout. */
    restorer?: ILayoutRestorer | null;
  }
}
