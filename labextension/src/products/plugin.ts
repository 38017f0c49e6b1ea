import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IThemeManager } from '@jupyterlab/apputils';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';

import { CommandIDs, IMage } from '../tokens';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the layout is restored through it at once
import { Opener } from '../ui';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- tabs are restored with it at once
import { type IProductArgs, ProductView } from './view';

/** Opens a data product: its rows by page, its columns, or its value. */
export const productView: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:product-view',
  description:
    'Shows a data product: rows by page, columns, figures, JSON, text.',
  autoStart: true,
  requires: [IMage],
  optional: [ITranslator, ILayoutRestorer, IRenderMimeRegistry, IThemeManager],
  activate: (
    app: JupyterFrontEnd,
    mage: IMage,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    registry: IRenderMimeRegistry | null,
    themes: IThemeManager | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    const context = { mage, commands: app.commands, trans };
    const command = CommandIDs.openProduct;
    const opener = new Opener<IProductArgs>({
      app,
      command,
      restorer,
      key: args => args.product,
      make: args => new ProductView(args, context, registry, themes)
    });
    app.commands.addCommand(command, {
      label: trans.__('Open Data Product'),
      describedBy: {
        args: {
          type: 'object',
          properties: { product: { type: 'string' } },
          required: ['product']
        }
      },
      execute: args => {
        opener.open({ product: args['product'] as string });
      }
    });
  }
};
