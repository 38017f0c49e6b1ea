import { plain } from '../../../labextension/src/runs/ansi';
import { excerpt } from '../../../labextension/src/runs/error';
import { usual } from '../../../labextension/src/runs/head';
import { fitting } from '../../../labextension/src/runs/log';
import { run } from '../samples';

const at = '2027-03-12T09:00:00Z';
const lines = [
  {
    at,
    block: 'a',
    item: null,
    attempt: 1,
    level: 'stdout',
    text: 'read 3 rows'
  },
  { at, block: 'b', item: null, attempt: 1, level: 'WARNING', text: 'odd' },
  { at, block: 'b', item: null, attempt: 1, level: 'error', text: 'bad' }
];

describe('the log', () => {
  it('keeps the lines of a block, the loud ones, and those with a text', () => {
    const all = { block: null, level: 'all', search: '' };
    expect(fitting(lines, all)).toHaveLength(3);
    expect(fitting(lines, { ...all, block: 'b' })).toHaveLength(2);
    expect(fitting(lines, { ...all, level: 'loud' })).toHaveLength(2);
    expect(fitting(lines, { ...all, search: 'ROWS' })).toEqual([lines[0]]);
  });

  it('shows no escape sequences, and of a progress bar its last state', () => {
    expect(plain('\u001b[31mred\u001b[0m')).toBe('red');
    expect(plain('10 %\r50 %\r100 %\r')).toBe('100 %');
  });
});

describe('the error', () => {
  it('shows the lines around the one that failed', () => {
    const text = Array.from({ length: 20 }, (_, n) => `line ${n + 1}`).join(
      '\n'
    );
    const part = excerpt(text, 10);
    expect(part.first).toBe(6);
    expect(part.text.split('\n')).toHaveLength(9);
    expect(excerpt(text, 2).first).toBe(1);
  });
});

describe('the usual time', () => {
  it('wants three good runs', () => {
    const took = (seconds: number): ReturnType<typeof run> =>
      run({
        ended_at: new Date(Date.parse(at) + seconds * 1000).toISOString()
      });
    expect(usual([took(1), took(2)])).toBeNull();
    expect(
      usual([took(3), took(1), took(2), run({ state: 'failed' })])
    ).toEqual([1000, 3000]);
  });
});
