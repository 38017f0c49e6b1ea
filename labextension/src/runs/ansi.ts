/** An escape sequence by which programs colour what they print, or move the cursor. */
const SEQUENCE = /\u001b\[([0-9;?]*)([A-Za-z])/g;

/** The colours in the order of their codes, 30 to 37 and 90 to 97. */
const COLOURS = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white'
] as const;

/** A colour that a program asked for; the style sheet says what it looks like in the theme. */
export type Colour = (typeof COLOURS)[number];

/** A part of a line in one look. */
export interface IPiece {
  /** What is written. */
  readonly text: string;
  /** Its colour; null for that of the log. */
  readonly colour: Colour | null;
  /** Whether it is bold. */
  readonly bold: boolean;
}

/** What of a line a progress bar left: it writes the same line again and again. */
function last(text: string): string {
  const line = text.replace(/\r+$/, '');
  return line.slice(line.lastIndexOf('\r') + 1);
}

/** The look after the codes of a sequence; codes that a log does not show leave it as it is. */
function styled(
  look: Pick<IPiece, 'colour' | 'bold'>,
  codes: readonly number[]
): Pick<IPiece, 'colour' | 'bold'> {
  let { colour, bold } = look;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index];
    const tens = Math.floor(code / 10);
    if (code === 0) {
      colour = null;
      bold = false;
    } else if (code === 1 || code === 22) {
      bold = code === 1;
    } else if (code === 38 || code === 48) {
      // A colour of the large palettes: its own numbers follow, and it is not shown.
      index += codes[index + 1] === 5 ? 2 : 4;
    } else if (code === 39) {
      colour = null;
    } else if (tens === 3 || tens === 9) {
      colour = COLOURS[code % 10] ?? colour;
    }
  }
  return { colour, bold };
}

/**
 * A line in its parts, each in the look that its program gave it.
 */
export function pieces(text: string): IPiece[] {
  const line = last(text);
  const found: IPiece[] = [];
  let look: Pick<IPiece, 'colour' | 'bold'> = { colour: null, bold: false };
  let from = 0;
  const add = (to: number): void => {
    if (to > from) {
      found.push({ text: line.slice(from, to), ...look });
    }
  };
  for (const match of line.matchAll(SEQUENCE)) {
    add(match.index);
    from = match.index + match[0].length;
    if (match[2] === 'm') {
      look = styled(look, match[1].split(';').map(Number));
    }
  }
  add(line.length);
  return found;
}

/**
 * A line without its escape sequences; of what a progress bar overwrote the last state stays.
 */
export function plain(text: string): string {
  return last(text.replace(SEQUENCE, ''));
}
