import { LabIcon } from '@jupyterlab/ui-components';

import type { BlockType } from '../contract';
import { TYPE_LETTERS, TYPE_ROLES } from '../ui';

const icons = new Map<BlockType, LabIcon>();

/** The badge of a block type as an icon of the host, for menus. */
export function typeIcon(type: BlockType): LabIcon {
  let icon = icons.get(type);
  if (!icon) {
    const hue = `var(--mage-${TYPE_ROLES[type]})`;
    const letter = `<text x="8" y="11.6" text-anchor="middle" font-size="10" font-weight="700" style="fill:${hue}">${TYPE_LETTERS[type]}</text>`;
    const ground = `<rect width="16" height="16" rx="2" style="fill:${hue};opacity:0.13"/>`;
    icon = new LabIcon({
      name: `mage-jlab:type-${type}`,
      svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">${ground}${letter}</svg>`
    });
    icons.set(type, icon);
  }
  return icon;
}
