import type { JupyterFrontEnd } from '@jupyterlab/application';

import { CommandIDs } from '../tokens';
import { type IContext, runIcon } from '../ui';
import type { IPart } from './model';
import { openBlock } from './open';
import { PipelineView } from './view';

/** The commands of the context menu of a block; each acts on the block that was clicked. */
namespace BlockCommands {
  /** Run the block and all below it. */
  export const runFrom = 'mage-jlab:graph-run-from';
  /** Run the block and all above it. */
  export const runUpTo = 'mage-jlab:graph-run-up-to';
  /** Run the block alone. */
  export const runBlock = 'mage-jlab:graph-run-block';
  /** Open the block's file. */
  export const openCode = 'mage-jlab:graph-open-code';
  /** Open what the block gave. */
  export const openProduct = 'mage-jlab:graph-open-product';
  /** Make a block that goes below the block. */
  export const newBelow = 'mage-jlab:graph-new-below';
}

/** The places where a block can be clicked. */
const PLACES = ['.mage-Node', '.mage-TreeRow'];

/**
 * Give the blocks of graph and tree their context menu.
 */
export function addBlockMenu(app: JupyterFrontEnd, context: IContext): void {
  const { commands, trans } = context;
  const clicked = (): { view: PipelineView; block: string } | null => {
    const node = app.contextMenuHitTest(
      one => one.dataset['mageBlock'] !== undefined
    );
    const block = node?.dataset['mageBlock'];
    for (const view of app.shell.widgets('main')) {
      if (view instanceof PipelineView && view.node.contains(node ?? null)) {
        return block === undefined ? null : { view, block };
      }
    }
    return null;
  };
  const online = (): boolean => context.mage.connection.online;
  const add = (
    id: string,
    label: string,
    execute: (view: PipelineView, block: string) => Promise<unknown>,
    options: { icon?: typeof runIcon; isEnabled?: () => boolean } = {}
  ): void => {
    commands.addCommand(id, {
      label,
      describedBy: { args: { type: 'object', properties: {} } },
      ...options,
      execute: async () => {
        const here = clicked();
        if (here) {
          await here.view.state.attempt(() => execute(here.view, here.block));
        }
      }
    });
  };
  const run = (
    id: string,
    label: string,
    part: (block: string) => IPart,
    icon?: typeof runIcon
  ): void =>
    add(id, label, (view, block) => view.state.start(part(block)), {
      icon,
      isEnabled: online
    });

  run(
    BlockCommands.runFrom,
    trans.__('Run from Here'),
    block => ({ from: block }),
    runIcon
  );
  run(BlockCommands.runUpTo, trans.__('Run up to Here'), block => ({
    upto: block
  }));
  run(BlockCommands.runBlock, trans.__('Run This Block'), block => ({ block }));
  add(BlockCommands.openCode, trans.__('Open Code'), (view, block) =>
    openBlock(view.state, block, commands)
  );
  add(
    BlockCommands.openProduct,
    trans.__('Open Product'),
    (view, block) =>
      commands.execute(CommandIDs.openProduct, {
        product: view.state.productOf(block)
      }),
    {
      isEnabled: () => {
        const here = clicked();
        return Boolean(here?.view.state.productOf(here.block));
      }
    }
  );
  add(
    BlockCommands.newBelow,
    trans.__('New Block Below…'),
    (view, block) =>
      commands.execute(CommandIDs.newBlock, {
        project: view.state.project,
        pipeline: view.state.name,
        upstream: [block]
      }),
    { isEnabled: online }
  );
  for (const selector of PLACES) {
    Object.values(BlockCommands).forEach((command, rank) => {
      app.contextMenu.addItem({ command, selector, rank });
    });
  }
}
