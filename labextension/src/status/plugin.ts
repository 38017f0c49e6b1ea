import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IMage, IWorkbenches } from '../tokens';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the status bar shows it from the start
import { EngineItem } from './engine';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the status bar shows it from the start
import { ProblemsItem } from './problems';

/** Says in the status bar how the engine is, and how many problems the notebook has. */
export const status: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:status',
  description:
    'Says in the status bar how the engine is, and how many problems the current notebook has.',
  autoStart: true,
  requires: [IMage, IWorkbenches, IStatusBar],
  optional: [ITranslator],
  activate: (
    app: JupyterFrontEnd,
    mage: IMage,
    workbenches: IWorkbenches,
    bar: IStatusBar,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    bar.registerStatusItem('mage-jlab:engine', {
      item: new EngineItem(mage, trans, () =>
        app.shell.activateById('mage-jlab-sidebar')
      ),
      align: 'left',
      rank: 50
    });
    bar.registerStatusItem('mage-jlab:problems', {
      item: new ProblemsItem(
        workbenches,
        trans,
        () => void app.commands.execute('mage-jlab:next-problem')
      ),
      align: 'right',
      rank: 50
    });
  }
};
