import * as React from 'react';

import type { Product } from '../contract';
import type { IContext } from '../ui';
import { type IPoint, NODE } from './layout';
import { Preview } from './preview';

/** The most and least width of the rows beside a block, and their height, in px. */
const WIDE = 304;
const NARROW = 170;
const HIGH = 134;

/** The gap to the block, and to the frame of the graph, in px. */
const GAP = 16;
const RIM = 8;

/** What of the graph is in sight: where its corner is, how large a px of it is. */
export interface ISight {
  /** The corner of the graph, in px from the frame's left. */
  readonly x: number;
  /** The corner of the graph, in px from the frame's top. */
  readonly y: number;
  /** How large a px of the graph is drawn. */
  readonly zoom: number;
  /** The frame's width in px. */
  readonly width: number;
  /** The frame's height in px. */
  readonly height: number;
}

/** A place beside a block, in px from the frame's corner. */
export interface ISpot {
  /** From the left. */
  readonly left: number;
  /** From the top. */
  readonly top: number;
  /** How wide. */
  readonly width: number;
}

/**
 * A place beside a block for its first rows that covers no other block; null where there is none.
 */
export function spot(
  places: ReadonlyMap<string, IPoint>,
  name: string,
  sight: ISight
): ISpot | null {
  const own = places.get(name);
  if (!own || sight.height < HIGH + 2 * RIM) {
    return null;
  }
  const at = ({ x, y }: IPoint): IPoint => ({
    x: x * sight.zoom + sight.x,
    y: y * sight.zoom + sight.y
  });
  const width = NODE.width * sight.zoom;
  const height = NODE.height * sight.zoom;
  const { x, y } = at(own);
  if (y + height <= 0 || y >= sight.height) {
    return null;
  }
  const others = [...places]
    .filter(([other]) => other !== name)
    .map(([, place]) => at(place));
  // Level with the block's upper edge, else with its lower one.
  for (const wanted of [y, y + height - HIGH]) {
    const top = Math.max(RIM, Math.min(wanted, sight.height - HIGH - RIM));
    const near = others.filter(
      other => other.y < top + HIGH + RIM && other.y + height > top - RIM
    );
    const from = x + width + GAP;
    const right =
      Math.min(
        sight.width,
        ...near.filter(other => other.x + width > from).map(other => other.x)
      ) - RIM;
    if (right - from >= NARROW) {
      return { left: from, top, width: Math.min(WIDE, right - from) };
    }
    const to = x - GAP;
    const left =
      Math.max(
        0,
        ...near.filter(other => other.x < to).map(other => other.x + width)
      ) + RIM;
    if (to - left >= NARROW) {
      const wide = Math.min(WIDE, to - left);
      return { left: to - wide, top, width: wide };
    }
  }
  return null;
}

/**
 * The first rows of the selected block's product, beside the block.
 */
export function Floating(props: {
  /** Where it stands. */
  spot: ISpot;
  /** The product. */
  product: Product;
  /** Commands and words. */
  context: IContext;
}): JSX.Element {
  return (
    <div className="mage-Floating" style={{ ...props.spot }}>
      <Preview
        product={props.product}
        focusable={false}
        context={props.context}
      />
    </div>
  );
}
