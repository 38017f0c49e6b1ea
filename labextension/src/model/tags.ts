import type { ICellModel } from '@jupyterlab/cells';

import type { BlockType } from '../contract';

/** All types, so that a tag can be told from one that a newer version writes. */
const TYPES: { [type in BlockType]: true } = {
  data_loader: true,
  transformer: true,
  data_exporter: true,
  sensor: true,
  custom: true,
  scratchpad: true,
  chart: true,
  callback: true,
  conditional: true,
  markdown: true
};

const BLOCK = 'block:';
const PARAMETERS = 'parameters';

/** Read a cell's tags. */
export function tagsOf(cell: ICellModel): string[] {
  const tags: unknown = cell.getMetadata('tags');
  return Array.isArray(tags)
    ? tags.filter((tag): tag is string => typeof tag === 'string')
    : [];
}

/** Read the type that a code cell is tagged with; null when it is no block. */
export function blockTypeOf(cell: ICellModel): BlockType | null {
  if (cell.type !== 'code') {
    return null;
  }
  for (const tag of tagsOf(cell)) {
    const type = tag.startsWith(BLOCK) ? tag.slice(BLOCK.length) : '';
    if (type in TYPES) {
      return type as BlockType;
    }
  }
  return null;
}

/** Whether a cell holds the defaults of the runtime variables. */
export function isParameters(cell: ICellModel): boolean {
  return cell.type === 'code' && tagsOf(cell).includes(PARAMETERS);
}

/**
 * Make a code cell a block of a type, or none.
 *
 * The change goes through the cell's shared model, so that everybody who has the notebook open
 * sees it, and Undo takes it back. What only a block needs goes with its tag.
 */
export function setBlockType(cell: ICellModel, type: BlockType | null): void {
  if (cell.type !== 'code' || blockTypeOf(cell) === type) {
    return;
  }
  const others = tagsOf(cell).filter(tag => !tag.startsWith(BLOCK));
  const tags = type === null ? others : [...others, `${BLOCK}${type}`];
  cell.sharedModel.transact(() => {
    if (tags.length > 0) {
      cell.setMetadata('tags', tags);
    } else {
      cell.deleteMetadata('tags');
    }
    if (type === null && cell.getMetadata('mage') !== undefined) {
      cell.deleteMetadata('mage');
    }
  });
}

/** Read the name that a cell's metadata gives its block. */
export function givenName(cell: ICellModel): string | null {
  const mage = cell.getMetadata('mage') as { name?: unknown } | undefined;
  return typeof mage?.name === 'string' && mage.name ? mage.name : null;
}

/** Give a cell's block a name of its own; with an empty one it is named by its code again. */
export function setGivenName(cell: ICellModel, name: string): void {
  const before = cell.getMetadata('mage') as object | undefined;
  const mage: { [key: string]: unknown } = { ...before, name };
  if (!name) {
    delete mage.name;
  }
  if (Object.keys(mage).length > 0) {
    cell.setMetadata('mage', mage);
  } else if (before !== undefined) {
    cell.deleteMetadata('mage');
  }
}
