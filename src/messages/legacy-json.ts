import type { ProgressMessage } from './progress-message.js';

/**
 * Writes a message exactly as Python's `json.dumps` does for the original monitor: keys in this order, `", "` and
 * `": "` between them, everything outside 0x20-0x7e escaped. The result is pure ASCII.
 */
export function legacyJson(message: ProgressMessage): string {
  let json = `{"command": ${quote(message.command)}`;
  if (message.taskId !== undefined) json += `, "task_id": ${quote(message.taskId)}`;
  if (message.taskState !== undefined) json += `, "task_state": ${quote(message.taskState)}`;
  return json + '}';
}

const NEEDS_ESCAPE = /[^ !#-[\]-~]/;
const BEYOND_ASCII = /[\x7f-\uffff]/;
const EACH_BEYOND_ASCII = /[\x7f-\uffff]/g;

/** Length from which on one pass over the text is faster than a call for each character: 17 times for 64 KiB of é. */
const LONG = 64;

// JSON.stringify uses the same short escapes and lower-case \u00xx below 0x20; what it leaves alone is escaped here,
// one UTF-16 unit at a time, which makes surrogate pairs as Python writes them.
function quote(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  const json = JSON.stringify(text);
  if (!BEYOND_ASCII.test(json)) return json;
  return json.length < LONG ? json.replace(EACH_BEYOND_ASCII, escapeUnit) : escapeLong(json);
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const HEX = Buffer.from('0123456789abcdef');
const [BACKSLASH, U] = Buffer.from('\\u') as unknown as [number, number];

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
