import { nullTranslator } from '@jupyterlab/translation';

import {
  ago,
  fully,
  shortly,
  timeOfDay,
  until
} from '../../../labextension/src/ui';

const trans = nullTranslator.load('mage_jlab');
const said = (text: string): string => text.replace(/\u00a0/g, ' ');
const NOON = new Date(2027, 2, 12, 12, 0, 0).getTime();
const before = (ms: number): string => new Date(NOON - ms).toISOString();
const after = (ms: number): string => before(-ms);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('times', () => {
  it.each([
    [500, 'now'],
    [12_000, '12 s ago'],
    [2 * MINUTE, '2 min ago'],
    [3 * HOUR, '3 h ago'],
    [12 * HOUR + 50 * MINUTE, 'Yesterday 23:10'],
    [5 * DAY, '5 d ago'],
    [62 * DAY, '9 Jan 2027']
  ])('says a past moment %d ms ago', (ms, text) => {
    expect(ago(before(ms), trans, NOON)).toBe(text);
  });

  it.each([
    [300, 'now'],
    [30_000, 'in 30 s'],
    [3 * MINUTE, 'in 3 min'],
    [16 * HOUR + 45 * MINUTE, 'in 16 h 45 m'],
    [2 * DAY + 16 * HOUR, 'in 2 d 16 h']
  ])('says a coming moment in %d ms', (ms, text) => {
    expect(said(until(after(ms), trans, NOON))).toBe(text);
  });

  it('says the hour of what comes soon, and the day of what comes later', () => {
    expect(shortly(after(2 * HOUR), NOON)).toBe('14:00');
    expect(shortly(after(3 * DAY), NOON)).toBe('Mon 12:00');
    expect(shortly(after(20 * DAY), NOON)).toBe('1 Apr 12:00');
  });

  it('says a moment in full, with its zone and in UTC', () => {
    const at = '2027-03-12T07:30:00Z';
    expect(fully(at, 'America/New_York')).toBe(
      'Fri 12 Mar 2027, 02:30:00 EST (07:30:00 UTC)'
    );
    expect(fully(at, 'UTC')).toBe('Fri 12 Mar 2027, 07:30:00 UTC');
  });

  it('says the time of day with seconds', () => {
    expect(timeOfDay(NOON)).toBe('12:00:00');
  });
});
