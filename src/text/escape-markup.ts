const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['"', '&quot;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** Escapes a text for HTML or XML, between tags or in an attribute with double quotes. */
export function escapeMarkup(text: string): string {
  return text.replace(/[&"<>]/g, (character) => ESCAPES.get(character)!);
}
