/** Characters of a name that are shown. A row has space for fewer characters. */
const MAX_LENGTH = 300;

// Control characters, characters that change the direction of text, and invisible characters that make two names look
// alike.
const INVISIBLE = /[\p{Cc}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/gu;

/** Makes a name from outside safe to show: one line, limited length, every character visible. */
export function plainText(name: string, maxLength = MAX_LENGTH): string {
  // Cut first: a name may be 1 MiB long.
  const cut = name.length > maxLength ? `${name.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '')}…` : name;
  return cut.replace(INVISIBLE, visibleForm);
}

function visibleForm(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
}
