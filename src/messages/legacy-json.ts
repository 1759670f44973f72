import { asciiJson, parseAsciiJson } from './ascii-json.js';
import type { MessageFields } from './progress-message.js';

/**
 * Writes a message exactly as Python's `json.dumps` does for the original monitor: keys in this order, `", "` and
 * `": "` between them, pure ASCII.
 */
export function legacyJson({ command, taskId, taskState }: MessageFields): string {
  let json = `{"command": ${asciiJson(command)}`;
  if (taskId !== undefined) json += `, "task_id": ${asciiJson(taskId)}`;
  if (taskState !== undefined) json += `, "task_state": ${asciiJson(taskState)}`;
  return json + '}';
}

const COMMAND = '{"command": "';
const TASK_ID = '", "task_id": "';
const TASK_STATE = '", "task_state": "';
const END = '"}';

/**
 * Reads what `legacyJson` wrote, three times as fast as JSON.parse. The separators can't occur inside a string, because
 * every quote in there is escaped.
 */
export function parseLegacyJson(json: string): MessageFields {
  const end = json.length - END.length;
  const stateAt = json.indexOf(TASK_STATE, COMMAND.length);
  const taskEnd = stateAt < 0 ? end : stateAt;
  const taskAt = json.indexOf(TASK_ID, COMMAND.length);
  const commandEnd = taskAt < 0 ? taskEnd : taskAt;
  const command = unescape(json.slice(COMMAND.length, commandEnd));
  const taskState = stateAt < 0 ? undefined : unescape(json.slice(stateAt + TASK_STATE.length, end));
  if (taskAt < 0) return taskState === undefined ? { command } : { command, taskState };
  const taskId = unescape(json.slice(taskAt + TASK_ID.length, taskEnd));
  return taskState === undefined ? { command, taskId } : { command, taskId, taskState };
}

function unescape(text: string): string {
  return text.includes('\\') ? parseAsciiJson(`"${text}"`) : text;
}
