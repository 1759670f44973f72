/** Splits a text into the characters that a reader sees, which may be several code points. */
const SEGMENTER = new Intl.Segmenter();

/**
 * The largest number of columns that a terminal needs for a text without control characters. From U+1100 on, where the
 * wide characters and emoji are, each code point counts as two columns, except punctuation and symbols of one column.
 */
export function textWidth(text: string): number {
  let columns = 0;
  for (const character of text) columns += codePointWidth(character.codePointAt(0)!);
  return columns;
}

/** Shortens a text to a number of columns. Removes the middle, because the ends of an id identify it best. */
export function truncateMiddle(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  if (columns < 1) return '';
  const characters = [...SEGMENTER.segment(text)].map(({ segment }) => segment);
  const head = take(characters, Math.floor((columns - 1) / 2)).join('');
  const tail = take(characters.toReversed(), columns - 1 - textWidth(head));
  return `${head}…${tail.toReversed().join('')}`;
}

/** Breaks a text into lines of at most a number of columns. Breaks between words, and truncates a longer word. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (textWidth(joined) <= columns) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = truncateMiddle(word, Math.max(1, columns));
  }
  return [...lines, line];
}

/** The rows that lines without control characters take in a terminal with this many columns. */
export function rowsOf(lines: readonly string[], columns: number): number {
  return lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(textWidth(line) / columns)), 0);
}

/** Replaces the mark of `truncateMiddle` by `~`, and other characters that are not ASCII by `?`. */
export function toAscii(text: string): string {
  return text.replaceAll('…', '~').replaceAll(/\P{ASCII}/gu, '?');
}

function codePointWidth(code: number): number {
  return code < 0x1100 || (code >= 0x2000 && code < 0x2300) ? 1 : 2;
}

function take(characters: readonly string[], columns: number): string[] {
  let left = columns;
  const end = characters.findIndex((character) => (left -= textWidth(character)) < 0);
  return characters.slice(0, end === -1 ? characters.length : end);
}
