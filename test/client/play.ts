import type { End, Item } from '../../client/client.js';
import type { FakeBroker } from '../fixtures/monitor.js';

/** Sends the tasks `from` to `to`, in turns, so that the watchers get them a few at a time. */
export async function play(broker: FakeBroker, id: string, from: number, to: number): Promise<void> {
  for (const task of tasks(from, to)) {
    await broker.send(id, 'TASK', task, 'COMPLETED');
    await new Promise(setImmediate);
  }
}

/** The names of the tasks `from` to `to`. */
export function tasks(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, at) => `${from + at}`);
}

/** What a stream gave out until its end, and how it ended. */
export async function drain(
  stream: AsyncIterable<Item> & { end: End | undefined },
): Promise<{ seen: string[]; end: End | undefined }> {
  const seen: string[] = [];
  for await (const item of stream) seen.push('reset' in item ? item.reset : (item.task_id ?? item.command));
  return { seen, end: stream.end };
}
