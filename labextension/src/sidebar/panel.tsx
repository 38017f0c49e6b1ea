import { ReactWidget } from '@jupyterlab/apputils';
import * as React from 'react';

import { type IContext, mageIcon } from '../ui';
import { ProjectLists } from './lists';
import { type ISidebarActions, Sidebar } from './sidebar';

/**
 * The panel of the left side bar.
 */
export class SidebarPanel extends ReactWidget {
  /**
   * Make the panel; its lists follow the project that is chosen.
   */
  constructor(
    private _context: IContext,
    private _actions: ISidebarActions
  ) {
    super();
    this._lists = new ProjectLists(_context.mage);
    this.id = 'mage-jlab-sidebar';
    this.addClass('mage-View');
    this.addClass('mage-Sidebar');
    this.title.icon = mageIcon;
    this.title.caption = _context.trans.__('Pipelines');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', this.title.caption);
  }

  /** The three lists that it shows. */
  get lists(): ProjectLists {
    return this._lists;
  }

  /** The pipeline that the current tab shows: its row is selected. */
  set selected(pipeline: string | null) {
    if (pipeline !== this._selected) {
      this._selected = pipeline;
      this.update();
    }
  }

  /** Stop reading. */
  override dispose(): void {
    if (!this.isDisposed) {
      this._lists.dispose();
    }
    super.dispose();
  }

  /** Handle the key that searches. */
  handleEvent(event: KeyboardEvent): void {
    const field = this.node.querySelector<HTMLElement>('input[type="search"]');
    const typing = event.target instanceof HTMLInputElement;
    if (event.key === '/' && field && !typing) {
      field.focus();
      event.preventDefault();
    }
  }

  protected override onAfterAttach(msg: never): void {
    super.onAfterAttach(msg);
    this.node.addEventListener('keydown', this);
  }

  protected override onBeforeDetach(msg: never): void {
    this.node.removeEventListener('keydown', this);
    super.onBeforeDetach(msg);
  }

  protected override render(): JSX.Element {
    return (
      <Sidebar
        lists={this._lists}
        selected={this._selected}
        actions={this._actions}
        context={this._context}
      />
    );
  }

  private _lists: ProjectLists;
  private _selected: string | null = null;
}
