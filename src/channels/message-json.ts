import type { ProgressMessage } from '../broker/progress-message.js';

/**
 * Writes a message exactly as Python's `json.dumps` does for the original monitor: keys in this order, `", "` and
 * `": "` between them, everything outside 0x20-0x7e escaped. The result is pure ASCII.
 */
export function messageJson(message: ProgressMessage): string {
  let json = `{"command": ${quote(message.command)}`;
  if (message.taskId !== undefined) json += `, "task_id": ${quote(message.taskId)}`;
  if (message.taskState !== undefined) json += `, "task_state": ${quote(message.taskState)}`;
  return json + '}';
}

const NEEDS_ESCAPE = /[^ !#-[\]-~]/;
const BEYOND_ASCII = /[\x7f-\uffff]/g;

// JSON.stringify uses the same short escapes and lower-case \u00xx below 0x20; what it leaves alone is escaped here,
// one UTF-16 unit at a time, which makes surrogate pairs as Python writes them.
function quote(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    BEYOND_ASCII,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
