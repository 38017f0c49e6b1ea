import { pieces, plain } from '../../../labextension/src/runs/ansi';

const ESC = '\u001b';

describe('the colours of a log', () => {
  it('stay with the words that they were given to', () => {
    expect(pieces(`a ${ESC}[31mbad${ESC}[0m word`)).toEqual([
      { text: 'a ', colour: null, bold: false },
      { text: 'bad', colour: 'red', bold: false },
      { text: ' word', colour: null, bold: false }
    ]);
  });

  it('go with bold, in one sequence or in two', () => {
    expect(pieces(`${ESC}[1;92mok${ESC}[22m so`)).toEqual([
      { text: 'ok', colour: 'green', bold: true },
      { text: ' so', colour: 'green', bold: false }
    ]);
    expect(pieces(`${ESC}[36mx${ESC}[39my`).map(one => one.colour)).toEqual([
      'cyan',
      null
    ]);
  });

  it('of the large palettes are left out, with the numbers that choose them', () => {
    const [one, two] = pieces(`${ESC}[38;5;31mx${ESC}[38;2;1;31;1;34my`);
    expect(one).toEqual({ text: 'x', colour: null, bold: false });
    expect(two).toEqual({ text: 'y', colour: 'blue', bold: false });
  });

  it('never leave a sequence in the text, whatever it means', () => {
    const text = `${ESC}[2K${ESC}[1Adone${ESC}[?25h`;
    expect(pieces(text).map(one => one.text)).toEqual(['done']);
    expect(plain(text)).toBe('done');
    expect(pieces(`10 %\r${ESC}[32m100 %\r`)).toEqual([
      { text: '100 %', colour: 'green', bold: false }
    ]);
    expect(pieces('')).toEqual([]);
  });
});
