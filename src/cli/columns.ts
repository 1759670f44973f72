/** Cuts a text only where a reader sees the end of a character. */
const SEGMENTER = new Intl.Segmenter();

/**
 * How many columns a terminal needs for a text without control characters, at most. From U+1100 on, where the wide
 * characters and the emoji are, each character counts two; only punctuation and symbols of one column are left out.
 */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfCodePoint(character.codePointAt(0)!);
  return columns;
}

/** Shortens a text to a number of columns. Leaves the middle out, because the ends of an id say most. */
export function fit(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  if (columns < 1) return '';
  const characters = [...SEGMENTER.segment(text)].map(({ segment }) => segment);
  const head = take(characters, Math.floor((columns - 1) / 2)).join('');
  const tail = take(characters.toReversed(), columns - 1 - columnsOf(head));
  return `${head}…${tail.toReversed().join('')}`;
}

/** Breaks a text into lines of at most a number of columns, between words where that is possible. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (columnsOf(joined) <= columns) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = fit(word, Math.max(1, columns));
  }
  return [...lines, line];
}

function columnsOfCodePoint(code: number): number {
  return code < 0x1100 || (code >= 0x2000 && code < 0x2300) ? 1 : 2;
}

function take(characters: readonly string[], columns: number): string[] {
  let left = columns;
  const end = characters.findIndex((character) => (left -= columnsOf(character)) < 0);
  return characters.slice(0, end === -1 ? characters.length : end);
}
