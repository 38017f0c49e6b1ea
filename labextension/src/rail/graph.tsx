import * as React from 'react';

import type { AnalysedBlock } from '../contract';
import { TYPE_ROLES } from '../ui';
import type { IRail } from './lanes';

/** The height of a row in px. */
export const ROW = 28;

/** The width of a lane in px. */
const LANE = 16;

/** How many lanes are drawn; those further right fold into the last, with their count. */
const MOST = 6;

/** How wide a rail's graph is, in px. */
export function railWidth(rail: IRail): number {
  return Math.min(rail.lanes, MOST) * LANE + 12;
}

/** The dots and edges beside the names: a picture that the list beside it says in words. */
export function RailGraph(props: {
  rail: IRail;
  blocks: readonly AnalysedBlock[];
  active: number;
}): JSX.Element {
  const { rail, blocks, active } = props;
  const x = (lane: number): number => Math.min(lane, MOST - 1) * LANE + 12;
  const y = (row: number): number => row * ROW + ROW / 2;
  const folded = Math.max(0, rail.lanes - MOST);
  const first = rail.edges
    .filter(edge => edge.lane >= MOST - 1)
    .reduce((row, edge) => Math.min(row, edge.from), blocks.length);
  const ofActive = (edge: { from: number; to: number }): boolean =>
    edge.from === active || edge.to === active;
  const edges = [...rail.edges].sort(
    (a, b) => Number(ofActive(a)) - Number(ofActive(b))
  );
  return (
    <svg
      className="mage-RailGraph"
      width={railWidth(rail)}
      height={blocks.length * ROW}
      aria-hidden
    >
      {edges.map(edge => (
        <path
          key={`${edge.from}-${edge.to}`}
          data-active={ofActive(edge)}
          data-folded={folded > 0 && edge.lane >= MOST - 1}
          d={pathOf(
            x(rail.dots[edge.from]),
            y(edge.from),
            x(edge.lane),
            x(rail.dots[edge.to]),
            y(edge.to)
          )}
        />
      ))}
      {blocks.map((block, row) => (
        <circle
          key={block.cell_id}
          data-mage-role={TYPE_ROLES[block.type]}
          cx={x(rail.dots[row])}
          cy={y(row)}
          r={row === active ? 4.5 : 3}
        />
      ))}
      {folded > 0 ? (
        <text x={x(MOST - 1)} y={first * ROW + 10} textAnchor="middle">
          {`×${folded + 1}`}
        </text>
      ) : null}
    </svg>
  );
}

/** Draw an edge: out to its lane within a row, down, and back within the last row. */
function pathOf(
  x1: number,
  y1: number,
  lane: number,
  x2: number,
  y2: number
): string {
  const bend = (
    fromX: number,
    fromY: number,
    toX: number,
    toY: number
  ): string =>
    fromX === toX
      ? `L${toX} ${toY}`
      : `C${fromX} ${fromY + ROW / 2},${toX} ${toY - ROW / 2},${toX} ${toY}`;
  if (y2 - y1 <= ROW) {
    return `M${x1} ${y1}${bend(x1, y1, x2, y2)}`;
  }
  const down = `M${x1} ${y1}${bend(x1, y1, lane, y1 + ROW)}L${lane} ${y2 - ROW}`;
  return `${down}${bend(lane, y2 - ROW, x2, y2)}`;
}
