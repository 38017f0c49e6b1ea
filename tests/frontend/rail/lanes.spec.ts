import { layOut } from '../../../labextension/src/rail/lanes';
import { blockOf } from '../analyses';

const reading = (name: string, ...upstream: string[]) => ({
  ...blockOf(name),
  upstream
});

describe('the rail', () => {
  it('is one lane for a chain', () => {
    const rail = layOut([reading('a'), reading('b', 'a'), reading('c', 'b')]);
    expect(rail).toEqual({
      dots: [0, 0, 0],
      edges: [
        { from: 0, to: 1, lane: 0 },
        { from: 1, to: 2, lane: 0 }
      ],
      lanes: 1
    });
  });

  it('puts a branch that joins later beside the one that passes', () => {
    const rail = layOut([
      reading('flights'),
      reading('clean', 'flights'),
      reading('weather'),
      reading('join', 'clean', 'weather')
    ]);
    expect(rail.dots).toEqual([0, 0, 1, 0]);
    expect(rail.edges).toContainEqual({ from: 1, to: 3, lane: 0 });
    expect(rail.lanes).toBe(2);
  });

  it('leads an edge past other dots in a lane of its own', () => {
    const rail = layOut([
      reading('a'),
      reading('b', 'a'),
      reading('c', 'b'),
      reading('d', 'a', 'c')
    ]);
    const long = rail.edges.find(({ from, to }) => from === 0 && to === 3);
    const between = rail.dots.slice(1, 3);
    expect(between).not.toContain(long?.lane);
  });

  it('never draws an edge through a dot, however the blocks hang together', () => {
    const blocks = Array.from({ length: 24 }, (_, at) =>
      reading(
        `b${at}`,
        ...[at - 1 - (at % 3), at - 5, Math.floor(at / 2) - 1]
          .filter(up => up >= 0 && up < at)
          .map(up => `b${up}`)
      )
    );
    const { dots, edges } = layOut(blocks);
    for (const { from, to, lane } of edges) {
      expect(to === from + 1 || !dots.slice(from + 1, to).includes(lane)).toBe(
        true
      );
    }
  });

  it('draws nothing for a name that is no block above', () => {
    expect(layOut([reading('a', 'b', 'nowhere'), reading('b')]).edges).toEqual(
      []
    );
    expect(layOut([]).lanes).toBe(1);
  });
});
