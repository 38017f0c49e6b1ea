import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ILabShell, ILayoutRestorer } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IMage, IWorkbenches } from '../tokens';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the side bar shows its icon from the start
import { RailPanel } from './panel';

const GO = 'mage-jlab:go-to-rail';

/** Shows the blocks of the current notebook in the right side bar. */
export const rail: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:rail',
  description:
    'Lists the blocks of the current notebook, with the edges between them, in the right side bar.',
  autoStart: true,
  requires: [IMage, IWorkbenches],
  optional: [ITranslator, ILabShell, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    mage: IMage,
    workbenches: IWorkbenches,
    translator: ITranslator | null,
    shell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    const { commands } = app;
    const panel = new RailPanel({ mage, commands, trans }, workbenches);
    app.shell.add(panel, 'right', { rank: 600, type: 'Pipelines' });
    restorer?.add(panel, panel.id);
    commands.addCommand(GO, {
      label: trans.__('Go to the list of blocks, or back'),
      describedBy: { args: { type: 'object', properties: {} } },
      execute: () => {
        if (panel.node.contains(document.activeElement)) {
          shell?.activateById(workbenches.panel?.id ?? '');
          workbenches.panel?.content.activate();
        } else {
          app.shell.activateById(panel.id);
          const row = panel.node.querySelector<HTMLElement>('[tabindex="0"]');
          (row ?? panel.node).focus();
        }
      }
    });
    palette?.addItem({ command: GO, category: trans.__('Pipelines') });
  }
};
