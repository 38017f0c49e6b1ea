import { Notification } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { NotebooksClient } from '../client';
import { sentence } from '../client';
import type { Diagnostic, Fix } from '../contract';
import type { IAmendment, Workbench } from '../model';
import { amend } from '../model';
import { announcer } from '../ui';
import { findCell, goTo } from './navigate';

/** How long the word of what was done stays, with its Undo, in ms. */
const STAYS = 8000;

/** An open notebook whose diagnostics are mended. */
export interface IMending {
  /** The notebook. */
  panel: NotebookPanel;

  /** Its analysis. */
  workbench: Workbench;

  /** Who works the fixes out. */
  client: NotebooksClient;

  /** Words. */
  trans: TranslationBundle;
}

/** What carrying out a fix takes: a way to go, a person who edits, or the tool alone. */
export function kindOf({ id }: Fix): 'go' | 'edit' | 'tool' {
  return id.startsWith('go') ? 'go' : id.startsWith('edit') ? 'edit' : 'tool';
}

/** Find the fix of a diagnostic that leaves no choice; null when it has none. */
export function automaticOf(diagnostic: Diagnostic): Fix | null {
  return diagnostic.repairs.find(fix => fix.automatic) ?? null;
}

/** Carry out a fix: go to the place that it names, or change the notebook as one step of Undo. */
export async function mend(
  mending: IMending,
  diagnostic: Diagnostic,
  fix: Fix
): Promise<void> {
  const { client, panel, trans, workbench } = mending;
  if (kindOf(fix) !== 'tool') {
    const here = fix.cell_id === null || fix.cell_id === diagnostic.cell_id;
    const { line, column, cell_id: own } = diagnostic;
    await goTo(
      panel,
      here ? { cell: own, line, column } : { cell: fix.cell_id ?? own }
    );
    return;
  }
  try {
    const sent = workbench.content();
    const wanted = await client.fix(workbench.path, sent, diagnostic, fix.id);
    settle(mending, sent, wanted, trans.__('Done: %1.', fix.title));
  } catch (error) {
    Notification.error(sentence(error), { autoClose: false });
  }
}

/**
 * Carry out the fixes that leave no choice, one after the other, as one step of Undo.
 *
 * @returns how many diagnostics were mended
 */
export async function mendAll(mending: IMending): Promise<number> {
  const { client, trans, workbench } = mending;
  const { path } = workbench;
  const tried = new Set<string>();
  const sent = workbench.content();
  let wanted = sent;
  let count = 0;
  try {
    for (;;) {
      const { analysis } = await client.check(path, wanted);
      const next = analysis.diagnostics.find(
        one => automaticOf(one) && !tried.has(placeOf(one))
      );
      const fix = next && automaticOf(next);
      if (!next || !fix) {
        break;
      }
      tried.add(placeOf(next));
      wanted = await client.fix(path, wanted, next, fix.id);
      count += 1;
    }
    if (count > 0) {
      const said = trans._n('%1 problem mended.', '%1 problems mended.', count);
      settle(mending, sent, wanted, said);
    }
  } catch (error) {
    Notification.error(sentence(error), { autoClose: false });
    return 0;
  }
  return count;
}

/** Change the live notebook, keep the focus where it was, and say what was done. */
export function settle(
  mending: Pick<IMending, 'panel' | 'workbench' | 'trans'>,
  sent: INotebookContent,
  wanted: INotebookContent,
  said: string
): boolean {
  const { panel, trans, workbench } = mending;
  if (panel.isDisposed) {
    return false;
  }
  const active = panel.content.activeCell?.model.id ?? '';
  const done = amend(workbench.model, sent, wanted);
  if (done === null) {
    Notification.warning(
      trans.__(
        'Nothing was changed: the notebook was edited meanwhile. Try it again.'
      )
    );
    return false;
  }
  void workbench.check();
  keepFocus(panel, active, done);
  announcer.politely(said);
  // Only the newest step can be taken back from its notification.
  Notification.dismiss(told.get(workbench) ?? '');
  const id = Notification.emit(said, 'default', {
    autoClose: STAYS,
    actions: [
      {
        label: trans.__('Undo'),
        caption: trans.__('Make the notebook what it was before'),
        callback: () => {
          if (!done.takeBack()) {
            Notification.warning(
              trans.__(
                'The notebook was changed since. Edit › Undo Cell Operation takes its steps back one by one.'
              )
            );
          }
        }
      }
    ]
  });
  told.set(workbench, id);
  return true;
}

/** The notification of the last step that was done to a notebook. */
const told = new WeakMap<Workbench, string>();

/** A diagnostic that stays after its fix is not tried again. */
function placeOf({ cell_id, code, line, column }: Diagnostic): string {
  return JSON.stringify([cell_id, code, line, column]);
}

function keepFocus(
  panel: NotebookPanel,
  active: string,
  { changed, added }: IAmendment
): void {
  const { content } = panel;
  const stays = findCell(panel, active);
  const cell = stays ?? findCell(panel, changed[0] ?? added[0] ?? '');
  if (cell === null) {
    return;
  }
  content.activeCellIndex = content.widgets.indexOf(cell);
  content.deselectAll();
  if (stays && content.mode === 'edit') {
    cell.editor?.focus();
  } else {
    content.mode = 'command';
    cell.node.focus({ preventScroll: stays !== null });
  }
}
