import type { CommandRegistry } from '@lumino/commands';

import type { PipelineState } from './model';

/**
 * Open a file of the project in the host's editor.
 */
export async function openFile(
  state: PipelineState,
  file: string,
  commands: CommandRegistry
): Promise<void> {
  const path = await state.path(file);
  await commands.execute('docmanager:open', { path, factory: 'Editor' });
}

/**
 * Open the code of a block in the host's editor.
 */
export async function openBlock(
  state: PipelineState,
  name: string,
  commands: CommandRegistry
): Promise<void> {
  const blocks = state.pipeline.value?.blocks ?? [];
  const block = blocks.find(one => one.name === name);
  if (block) {
    await openFile(state, block.file, commands);
  }
}
