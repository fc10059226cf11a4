// How wide a text is on a terminal, and the part of it that fits. What comes from elsewhere never steers the terminal.

const letters = new Intl.Segmenter();
/** East Asian wide and emoji: two columns each. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
/** Combining marks and format characters alone, which take no column. */
const NO_WIDTH = /^[\p{M}\p{Cf}]+$/u;
/** Escape sequences, line breaks and marks of direction would move or colour what stands around them. */
// eslint-disable-next-line no-control-regex
const STEERING = /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g;

/** One line without anything that steers a terminal. */
export function plainLine(text: string): string {
  return text.replace(STEERING, ' ').trim();
}

export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of letters.segment(text)) width += columnsOf(segment);
  return width;
}

/** Cut with `…` where it is too long. */
export function fitted(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = '';
  let left = columns - 1;
  for (const { segment } of letters.segment(text)) {
    left -= columnsOf(segment);
    if (left < 0) break;
    kept += segment;
  }
  return `${kept}…`;
}

export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

function columnsOf(letter: string): number {
  if (NO_WIDTH.test(letter)) return 0;
  return WIDE.test(letter) ? 2 : 1;
}
