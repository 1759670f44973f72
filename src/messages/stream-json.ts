/**
 * Writes a message of a stream: position and time before the fields of its legacy JSON, without spaces between them.
 * The separators are looked for as they stand between strings, where quotes are not escaped; inside a string they
 * can't occur.
 */
export function streamJson(json: string, id: string, time: number): string {
  const fields = json
    .slice(1)
    .replace('"command": ', '"command":')
    .replace('", "task_id": ', '","task_id":')
    .replace('", "task_state": ', '","task_state":');
  return `{"id":"${id}","time":"${isoTime(time)}",${fields}`;
}

let lastTime = Number.NaN;
let lastIso = '';

// Messages come in bursts, and formatting a date costs as much as the rest of the line.
function isoTime(time: number): string {
  if (time !== lastTime) {
    lastTime = time;
    lastIso = new Date(time).toISOString();
  }
  return lastIso;
}
