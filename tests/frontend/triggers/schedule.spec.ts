import {
  fromCron,
  timeText,
  toCron
} from '../../../labextension/src/triggers/schedule';

describe('builder and cron', () => {
  it.each([
    '5 * * * *',
    '30 2 * * *',
    '30 2 * * 1-5',
    '30 2 * * 6',
    '0 6 15 * *'
  ])('write each other: %s', cron => {
    const built = fromCron(cron);
    expect(built).not.toBeNull();
    expect(built && toCron(built)).toBe(cron);
  });

  it.each([
    '*/20 * * * *',
    '30 2 45 * *',
    '61 2 * * *',
    '30 2 * 1 *',
    '30 2 1 * 1',
    '30 2 * *',
    ''
  ])('leave what only the expression says: %s', cron => {
    expect(fromCron(cron)).toBeNull();
  });

  it('take Sunday as 0 and as 7', () => {
    expect(fromCron('0 9 * * 7')?.day).toBe(0);
  });

  it('write times with two digits', () => {
    expect(timeText(2, 5)).toBe('02:05');
  });
});
