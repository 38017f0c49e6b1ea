import {
  ILabShell,
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { IDefaultFileBrowser } from '@jupyterlab/filebrowser';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Menu } from '@lumino/widgets';

import { CommandIDs, IMage } from '../tokens';
import type { IContext, View } from '../ui';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the rows need their menus from the start
import { addMenus } from './menus';
// eslint-disable-next-line jupyter/prefer-lazy-imports -- the side bar shows its icon from the start
import { SidebarPanel } from './panel';

/** The ids of the commands that the sidebar brings. */
export namespace SidebarCommands {
  /** Look at another project: `{project}`. */
  export const choose = 'mage-jlab:choose-project';
  /** Make a project of the folder that the file browser shows: `{demo}`. */
  export const make = 'mage-jlab:make-project';
  /** Make a pipeline with its notebook: `{name}`. */
  export const newPipeline = 'mage-jlab:new-pipeline';
}

/** Shows the pipelines, triggers and runs of a project in the left side bar. */
export const sidebar: JupyterFrontEndPlugin<void> = {
  id: 'mage-jlab:sidebar',
  description: 'Lists pipelines, triggers and runs in the left side bar, live.',
  autoStart: true,
  requires: [IMage, IDocumentManager],
  optional: [
    ITranslator,
    ILabShell,
    ILayoutRestorer,
    IDefaultFileBrowser,
    ICommandPalette
  ],
  activate: (
    app: JupyterFrontEnd,
    mage: IMage,
    documents: IDocumentManager,
    translator: ITranslator | null,
    shell: ILabShell | null,
    restorer: ILayoutRestorer | null,
    browser: IDefaultFileBrowser | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('mage_jlab');
    const { commands } = app;
    const context: IContext = { mage, commands, trans };
    const here = (): string => browser?.model.path ?? '';
    const folder = (): string =>
      PathExt.basename(here()) || trans.__('This folder');

    const makeProject = async (demo: boolean): Promise<void> => {
      const path = demo ? PathExt.join(here(), 'mage_demo') : here() || '.';
      await mage.projects.open(path, { create: true, demo });
    };
    const makePipeline = async (name: string): Promise<void> => {
      const project = mage.projects.current;
      if (!project) {
        return;
      }
      await mage.client.pipelines.create(project.id, name);
      await panel.lists.refresh();
      const path = await mage.client.notebooks.open(project.id, name);
      await commands.execute('docmanager:open', { path });
    };
    const pickNotebook = async (): Promise<void> => {
      const { FileDialog } = await import('@jupyterlab/filebrowser');
      const { value } = await FileDialog.getOpenFiles({
        manager: documents,
        title: trans.__('Turn a notebook into a pipeline'),
        label: trans.__('Notebook'),
        defaultPath: here(),
        filter: file => (file.type === 'notebook' ? {} : null),
        translator: translator ?? undefined
      });
      const path = value?.find(file => file.type === 'notebook')?.path;
      if (path) {
        await commands.execute('docmanager:open', { path });
        app.shell.activateById('mage-jlab-rail');
        if (commands.hasCommand(CommandIDs.turnNotebook)) {
          await commands.execute(CommandIDs.turnNotebook, { path });
        }
      }
    };

    commands.addCommand(SidebarCommands.choose, {
      label: args => {
        const project = mage.projects.value?.find(
          one => one.id === args['project']
        );
        return project
          ? trans.__('%1 (%2)', project.name, project.path || '/')
          : trans.__('Choose a project');
      },
      isToggled: args => args['project'] === mage.projects.current?.id,
      isToggleable: true,
      describedBy: {
        args: {
          type: 'object',
          properties: { project: { type: 'string' } },
          required: ['project']
        }
      },
      execute: args => {
        const project = mage.projects.value?.find(
          one => one.id === args['project']
        );
        if (project) {
          mage.projects.choose(project);
        }
      }
    });
    commands.addCommand(SidebarCommands.make, {
      label: args =>
        args['demo']
          ? trans.__('Open the Demo Project')
          : trans.__('Make a Project Here'),
      describedBy: {
        args: { type: 'object', properties: { demo: { type: 'boolean' } } }
      },
      execute: args => makeProject(Boolean(args['demo']))
    });
    commands.addCommand(SidebarCommands.newPipeline, {
      label: trans.__('New Pipeline'),
      describedBy: {
        args: {
          type: 'object',
          properties: { name: { type: 'string' } },
          required: ['name']
        }
      },
      execute: args => makePipeline(args['name'] as string)
    });

    const chooseProject = (x: number, y: number): void => {
      const menu = new Menu({ commands });
      for (const project of mage.projects.value ?? []) {
        menu.addItem({
          command: SidebarCommands.choose,
          args: { project: project.id }
        });
      }
      menu.addItem({ type: 'separator' });
      menu.addItem({ command: SidebarCommands.make, args: { demo: false } });
      menu.addItem({ command: SidebarCommands.make, args: { demo: true } });
      menu.aboutToClose.connect(() => {
        // The menu runs its command after this signal, so it goes a little later.
        window.setTimeout(() => menu.dispose(), 0);
      }, menu);
      menu.open(x, y);
    };

    const panel = new SidebarPanel(context, {
      folder,
      makeProject,
      makePipeline,
      pickNotebook,
      chooseProject
    });
    app.shell.add(panel, 'left', { rank: 300, type: 'Pipelines' });
    restorer?.add(panel, panel.id);
    addMenus(app, context);
    for (const demo of [false, true]) {
      palette?.addItem({
        command: SidebarCommands.make,
        args: { demo },
        category: trans.__('Pipelines')
      });
    }

    shell?.currentChanged.connect((_, change) => {
      const view = change.newValue as Partial<View> | null;
      const pipeline = view?.args?.['pipeline'];
      panel.selected = typeof pipeline === 'string' ? pipeline : null;
    }, panel);

    const tried = new Set<string>();
    const openHere = (): void => {
      const path = here();
      const names = browser ? [...browser.model.items()] : [];
      const is = names.some(item => item.name === 'metadata.yaml');
      if (is && !tried.has(path)) {
        tried.add(path);
        // A folder that only looks like a project stays a folder: nothing has to be said.
        mage.projects.open(path || '.').catch(() => undefined);
      }
    };
    browser?.model.refreshed.connect(openHere, panel);
    openHere();
  }
};
