/** Characters of a name that are shown; a row has place for fewer. */
const LONGEST = 300;

// Control characters, what turns the direction of a line, and what takes no place at all but can make two names look alike.
const UNSEEN = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;

/** A name from outside as one line of text in which everything can be seen. */
export function plainText(name: string, longest = LONGEST): string {
  // A name may be a mebibyte long: cut before anything else looks at it.
  const cut = name.length > longest ? `${name.slice(0, longest).replace(/[\ud800-\udbff]$/, '')}…` : name;
  return cut.replace(UNSEEN, picture);
}

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}
