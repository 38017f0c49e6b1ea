import { nullTranslator } from '@jupyterlab/translation';

import {
  between,
  count,
  duration,
  productName,
  shape,
  size
} from '../../../labextension/src/ui';

const trans = nullTranslator.load('mage_jlab');
const said = (text: string): string => text.replace(/\u00a0/g, ' ');

describe('amounts', () => {
  it.each([
    [20, '0.02 s'],
    [4100, '4.1 s'],
    [9940, '9.9 s'],
    [9960, '10 s'],
    [42000, '42 s'],
    [64000, '1 m 04 s'],
    [59700, '1 m 00 s'],
    [2 * 3600e3 + 5 * 60e3, '2 h 05 m'],
    [3 * 86400e3 + 4 * 3600e3, '3 d 4 h'],
    [-5, '0.00 s']
  ])('says how long %d ms are', (ms, text) => {
    expect(said(duration(ms))).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [1000, '1.0 kB'],
    [48_200_000, '48.2 MB'],
    [120_000_000, '120 MB'],
    [999_600, '1.0 MB'],
    [1_200_000_000, '1.2 GB']
  ])('says how big %d bytes are', (bytes, text) => {
    expect(said(size(bytes))).toBe(text);
  });

  it('groups thousands and has a real minus sign', () => {
    expect(count(325819)).toBe('325,819');
    expect(count(-4)).toBe('−4');
  });

  it('measures to now where the end is missing', () => {
    const start = '2027-03-12T09:00:00Z';
    expect(between(start, '2027-03-12T09:00:04Z')).toBe(4000);
    expect(between(start, null, Date.parse(start) + 70)).toBe(70);
    expect(between(null, null)).toBeNull();
  });

  it('says what a product is', () => {
    const frame = { type: 'frame' as const, rows: 3, columns: 2, bytes: 10 };
    expect(shape(frame, trans)).toBe('3 × 2');
    expect(shape({ ...frame, rows: 1, columns: null }, trans)).toBe('1 row');
    expect(
      said(shape({ ...frame, type: 'text', rows: null, columns: null }, trans))
    ).toBe('text, 10 B');
  });

  it('names what a block displayed', () => {
    expect(productName({ name: '_display' }, trans)).toBe('output');
    expect(productName({ name: 'clean' }, trans)).toBe('clean');
  });
});
