import { setTimeout } from 'node:timers/promises';
import type { LoadProcess } from '../load-process.js';
import type { Server } from '../targets/target.js';
import type { Metric, Scenario, Values } from './scenario.js';

/** How many channels, clients on each, and messages for each. */
export interface Shape {
  readonly channels: number;
  readonly clients: number;
  readonly messages: number;
}

/** Milliseconds for a server to come to rest after its clients have connected. */
export const REST = 300;

/** Messages sent as fast as they are taken, to clients who wait for them. */
export function throughput(name: string, shape: Shape, metric: Partial<Metric>): Scenario {
  return {
    name,
    metrics: [{ key: 'rate', title: name, unit: 'deliveries/s', better: 'more', drawn: true, ...metric }],
    run: (server, load) => flow(server, load, shape),
  };
}

/** Connects the clients and sends the messages, then FINISHED; deliveries/s, and CPU time of the server for each. */
export async function flow(server: Server, load: LoadProcess, shape: Shape): Promise<Values> {
  const { channels, clients, messages } = shape;
  await load.order('connect', { group: 'flow', channels, clients });
  await setTimeout(REST);
  const before = server.process.usage();
  const flowed = await load.order('publish', { prefix: 'flow', channels, messages });
  const after = server.process.usage();
  // Later, so that closing the clients is checked but not measured.
  await load.order('publish', { prefix: 'flow', channels, messages: 0, finish: true });
  return {
    rate: flowed.deliveries / flowed.seconds,
    cpu_us: ((after.cpu - before.cpu) * 1e6) / flowed.deliveries,
    load_busy: flowed.busy,
  };
}
