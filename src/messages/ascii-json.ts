const NEEDS_ESCAPE = /[^ !#-[\]-~]/;
const BEYOND_ASCII = /[\x7f-\uffff]/;

/** Length in characters from which `escapeLong` is faster than `escapeShort`. */
const LONG = 64;

/**
 * Escapes a text for a JSON string, without the quotes around it, exactly as Python's `json.dumps` does: everything outside
 * 0x20-0x7e is escaped, so the result is pure ASCII.
 */
export function escapeJson(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return text;
  if (text === unescaped) return escaped;
  // Below 0x20, JSON.stringify and Python write the same escapes. From 0x7f on, JSON.stringify escapes only lone
  // surrogates, as Python does. The code below escapes each other UTF-16 code unit, so a surrogate pair becomes two
  // escapes, as in Python.
  const json = JSON.stringify(text).slice(1, -1);
  if (!BEYOND_ASCII.test(json)) return json;
  return json.length < LONG ? escapeShort(json) : escapeLong(json);
}

// A cache of the last unescaped text. A log decodes a message and encodes it again at once, so this text is often
// escaped next. The cache halves the time of an encoder for task ids outside of ASCII.
let unescaped = '';
let escaped = '';

/** Reverses `escapeJson`. */
export function unescapeJson(text: string): string {
  if (!text.includes('\\')) return text;
  unescaped = JSON.parse(`"${text}"`) as string;
  escaped = text;
  return unescaped;
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function escapeShort(json: string): string {
  let result = '';
  let start = 0;
  for (let i = 0; i < json.length; i++) {
    const unit = json.charCodeAt(i);
    if (unit < 0x7f) continue;
    result += `${json.slice(start, i)}\\u${BYTES[unit >> 8]}${BYTES[unit & 255]}`;
    start = i + 1;
  }
  return result + json.slice(start);
}

const HEX = Buffer.from('0123456789abcdef');
const BACKSLASH = 0x5c;
const U = 0x75;

function escapeLong(json: string): string {
  const bytes = Buffer.allocUnsafe(json.length * 6);
  let at = 0;
  for (let i = 0; i < json.length; i++) {
    const unit = json.charCodeAt(i);
    if (unit < 0x7f) {
      bytes[at++] = unit;
      continue;
    }
    bytes[at++] = BACKSLASH;
    bytes[at++] = U;
    for (let shift = 12; shift >= 0; shift -= 4) bytes[at++] = HEX[(unit >> shift) & 15]!;
  }
  return bytes.toString('latin1', 0, at);
}
