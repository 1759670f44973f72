/**
 * Reads a number from text. Accepts the same texts as Python's `int("...")`: spaces around the digits, and `1_048_576`.
 */
export function readNumber(value: unknown): unknown {
  const text = typeof value === 'string' ? value.trim().replaceAll(/(?<=\d)_(?=\d)/g, '') : undefined;
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : value;
}

/** Reads a boolean from a YAML 1.1 word. */
export function readFlag(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (/^(true|yes|on)$/i.test(value)) return true;
  return /^(false|no|off)$/i.test(value) ? false : value;
}

/** Whether a value switches an optional key off. YAML 1.1 reads `off` as false, and an empty value as null. */
export function isOff(value: unknown): boolean {
  return (
    value === null || value === false || (typeof value === 'string' && /^(off|false|null)$/i.test(value))
  );
}

/** Whether a text is a web address with `{id}`. The id must not change the host that the link leads to. */
export function isResultsUrl(value: string): boolean {
  if (!/^https?:\/\//i.test(value) || !value.includes('{id}')) return false;
  const [filled, other] = ['a', 'b'].map((id) => value.replaceAll('{id}', id));
  if (!URL.canParse(filled!) || !URL.canParse(other!)) return false;
  return new URL(filled!).origin === new URL(other!).origin;
}
