import type { LoadProcess } from '../load-process.js';

let settled = 0;

/** Resolves when the target has taken everything that was published: it takes messages in their order. */
export async function settle(load: LoadProcess): Promise<void> {
  const group = `settle-${settled++}`;
  await load.order('connect', { group, channels: 1, clients: 1 });
  await load.order('publish', { prefix: group, channels: 1, messages: 1 });
  await load.order('leave', { group });
}
