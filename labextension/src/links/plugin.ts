import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IRouter } from '@jupyterlab/application';
import { Clipboard } from '@jupyterlab/apputils';
import { URLExt } from '@jupyterlab/coreutils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { IMage } from '../tokens';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the menu shows the icon
import { announcer, linkIcon } from '../ui';
import { linkTo, readLink, targetOf } from './target';

const COPY = 'mage-jlab:copy-link';
const FOLLOW = 'mage-jlab:follow-link';

/** The rows and blocks that a link can be copied of. */
const PLACES = [
  '.mage-PipelineRow',
  '.mage-RunRow',
  '.mage-TriggerRow',
  '.mage-ProductRow',
  '.mage-Node',
  '.mage-TreeRow'
];

/** Gives each pipeline, block, run, trigger and product a link, and follows it. */
export const links: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:links',
  description:
    'Gives each pipeline, block, run, trigger and product a link that can be copied, and follows it.',
  autoStart: true,
  requires: [IMage],
  optional: [ITranslator, IRouter],
  activate: (
    app: JupyterFrontEnd,
    mage: IMage,
    translator: ITranslator | null,
    router: IRouter | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    const { commands, contextMenu, shell } = app;
    const args = { type: 'object', properties: {} };
    commands.addCommand(COPY, {
      label: trans.__('Copy Link'),
      icon: linkIcon,
      describedBy: { args },
      execute: () => {
        const node = app.contextMenuHitTest(one =>
          PLACES.some(selector => one.matches(selector))
        );
        const view = [...shell.widgets('main')].find(one =>
          one.node.contains(node ?? null)
        ) as { args?: { [name: string]: unknown } } | undefined;
        const project = mage.projects.current?.id ?? '';
        const target = node
          ? targetOf(node.dataset, view?.args ?? {}, project)
          : null;
        if (target !== null) {
          const lab = URLExt.join(
            mage.client.transport.serverSettings.baseUrl,
            'lab'
          );
          Clipboard.copyToSystem(linkTo(lab, target));
          announcer.politely(trans.__('The link is copied.'));
        }
      }
    });
    for (const selector of PLACES) {
      contextMenu.addItem({ command: COPY, selector, rank: 100 });
    }
    commands.addCommand(FOLLOW, {
      label: trans.__('Open what a link leads to'),
      describedBy: { args },
      execute: async location => {
        const { path, search } = location as Partial<IRouter.ILocation>;
        const link = readLink(search ?? '');
        if (link !== null) {
          router?.navigate(`${path ?? ''}${link.rest}`, { skipRouting: true });
          await app.restored;
          await commands.execute(link.command, link.args);
        }
      }
    });
    router?.register({ command: FOLLOW, pattern: /[?&]mage=/ });
  }
};
