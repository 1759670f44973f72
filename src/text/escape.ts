/** Characters that can end a line, hide or reorder text, or control a terminal. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Escapes control and format characters, line separators and lone surrogates as in JSON: `\n`, `\u001b`. The result is
 * one line that is safe to log and to print.
 */
export function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, (character) =>
    character === '\n' ? String.raw`\n` : character.split('').map(unicodeEscape).join(''),
  );
}

/** Escapes one UTF-16 code unit as `\uXXXX`, in lower case as Python and JSON.stringify do. */
export function unicodeEscape(codeUnit: string): string {
  return `\\u${codeUnit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
