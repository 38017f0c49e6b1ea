import { spot } from '../../../labextension/src/graph/floating';

const sight = { x: 0, y: 0, zoom: 1, width: 900, height: 600 };
const at = (
  ...names: [string, number, number][]
): Map<string, { x: number; y: number }> =>
  new Map(names.map(([name, x, y]) => [name, { x, y }]));

describe('the place beside a block', () => {
  it('is at its right, as wide as it may be', () => {
    expect(spot(at(['a', 100, 50]), 'a', sight)).toEqual({
      left: 324,
      top: 50,
      width: 304
    });
  });

  it('ends before the next block', () => {
    const places = at(['a', 100, 50], ['b', 532, 90]);
    expect(spot(places, 'a', sight)).toMatchObject({ left: 324, width: 200 });
  });

  it('is at its left where the right has no room', () => {
    const places = at(['a', 500, 50], ['b', 760, 90]);
    const place = spot(places, 'a', sight);
    expect(place).toEqual({ left: 180, top: 50, width: 304 });
  });

  it('is not over blocks below that it would reach, but higher', () => {
    const places = at(['a', 300, 200], ['b', 560, 310], ['c', 40, 310]);
    expect(spot(places, 'a', { ...sight, width: 800 })).toEqual({
      left: 524,
      top: 200 + 56 - 134,
      width: 268
    });
    const around = new Map([...places, ...at(['d', 560, 90], ['e', 40, 90])]);
    expect(spot(around, 'a', { ...sight, width: 800 })).toBeNull();
  });

  it('stays in the frame, and follows the zoom', () => {
    expect(spot(at(['a', 100, 560]), 'a', sight)?.top).toBe(600 - 134 - 8);
    const half = { ...sight, zoom: 0.5, x: 10 };
    expect(spot(at(['a', 100, 50]), 'a', half)?.left).toBe(10 + 50 + 104 + 16);
  });

  it('is nowhere while the block is out of sight, unknown, or the frame low', () => {
    expect(spot(at(['a', 100, 700]), 'a', sight)).toBeNull();
    expect(spot(at(['a', 100, 50]), 'b', sight)).toBeNull();
    expect(spot(at(['a', 100, 50]), 'a', { ...sight, height: 120 })).toBeNull();
  });
});
