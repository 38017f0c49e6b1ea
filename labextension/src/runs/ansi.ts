/** The escape sequences by which programs colour what they print, and move the cursor. */
const SEQUENCE = /\u001b\[[0-9;?]*[A-Za-z]/g;

/**
 * A line without its escape sequences; of what a progress bar overwrote the last state stays.
 */
export function plain(text: string): string {
  const clean = text.replace(SEQUENCE, '').replace(/\r+$/, '');
  return clean.slice(clean.lastIndexOf('\r') + 1);
}
