import {
  arrange,
  curve,
  edgeKey,
  line,
  NODE
} from '../../../labextension/src/graph/layout';
import { block } from '../samples';

// Browsers have it; the DOM that these tests run in does not.
globalThis.structuredClone ??= <T>(value: T): T =>
  JSON.parse(JSON.stringify(value)) as T;

const blocks = [
  block('load'),
  block('left', ['load']),
  block('right', ['load']),
  block('deep', ['left']),
  block('join', ['deep', 'right', 'load'])
];

describe('layout of the graph', () => {
  it('stands every block below those it waits for, and none on another', () => {
    const { places } = arrange(blocks);
    for (const one of blocks) {
      for (const above of one.upstream) {
        const y = places.get(one.name)?.y ?? 0;
        expect(y).toBeGreaterThan((places.get(above)?.y ?? 0) + NODE.height);
      }
    }
    const all = [...places.values()];
    for (const a of all) {
      for (const b of all.filter(other => other !== a)) {
        const apart =
          Math.abs(a.x - b.x) >= NODE.width ||
          Math.abs(a.y - b.y) >= NODE.height;
        expect(apart).toBe(true);
      }
    }
  });

  it('gives the same graph the same places', () => {
    expect(arrange(blocks).places).toEqual(arrange(blocks).places);
  });

  it('leads an edge over several rows round the blocks between', () => {
    const { ways } = arrange(blocks);
    const way = ways.get(edgeKey('load', 'join')) ?? [];
    expect(way.length).toBeGreaterThan(2);
  });

  it('lays out a graph whose edges lead elsewhere', () => {
    const { places, ways } = arrange([block('clean', ['gone'])]);
    expect(places.size).toBe(1);
    expect(ways.size).toBe(0);
  });

  it('draws a curve from end to end', () => {
    const start = { x: 0, y: 0 };
    const end = { x: 10, y: 100 };
    expect(line(start, end, [start, { x: 5, y: 50 }, end])).toEqual([
      start,
      end
    ]);
    expect(curve([start, end])).toBe('M0 0 C0 50 10 50 10 100');
  });
});
