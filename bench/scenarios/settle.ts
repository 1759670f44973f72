import type { LoadProcess } from '../load-process.js';

let groups = 0;

/** Resolves when the target has received all published messages: a later message has arrived, and order is kept. */
export async function settle(load: LoadProcess): Promise<void> {
  const group = `settle-${groups++}`;
  await load.run('connect', { group, channels: 1, clients: 1 });
  await load.run('publish', { prefix: group, channels: 1, messages: 1 });
  await load.run('disconnect', { group });
}
