import { escapeJson } from './ascii-json.js';
import type { LogEntry } from './log-entry.js';
import { formatPosition } from './position.js';

/** Writes an entry as one item of a stream: position, time and the fields of the message, as JSON in pure ASCII. */
export function streamJson({ epoch, seq, time, message }: LogEntry): string {
  const { command, taskId, taskState } = message;
  let json = `{"id":"${formatPosition(epoch, seq)}","time":"${isoTime(time)}","command":"${escapeJson(command)}`;
  if (taskId !== undefined) json += `","task_id":"${escapeJson(taskId)}`;
  if (taskState !== undefined) json += `","task_state":"${escapeJson(taskState)}`;
  return json + '"}';
}

let lastTime = Number.NaN;
let lastIso = '';

// Keeps the last formatted time: messages arrive in bursts, and formatting a time takes as long as the rest of the
// item.
function isoTime(time: number): string {
  if (time !== lastTime) {
    lastTime = time;
    lastIso = new Date(time).toISOString();
  }
  return lastIso;
}
