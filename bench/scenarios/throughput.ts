import { setTimeout } from 'node:timers/promises';
import type { LoadProcess } from '../load-process.js';
import type { TargetServer } from '../targets/target.js';
import type { Metric, Scenario, Values } from './scenario.js';

/** Number of channels, clients of each channel, and messages of each channel. */
export interface LoadShape {
  readonly channels: number;
  readonly clients: number;
  readonly messages: number;
}

/** Milliseconds for the server to become idle after its clients have connected. */
export const SETTLE_MS = 300;

/** Messages to connected clients, as fast as the target accepts them. */
export function throughputScenario(name: string, shape: LoadShape, metric: Partial<Metric>): Scenario {
  return {
    name,
    metrics: [{ key: 'rate', title: name, unit: 'deliveries/s', better: 'more', drawn: true, ...metric }],
    run: (server, load) => measureThroughput(server, load, shape),
  };
}

/** Connects the clients and sends the messages, then FINISHED. Measures deliveries/s and the server's CPU time for each. */
export async function measureThroughput(
  server: TargetServer,
  load: LoadProcess,
  shape: LoadShape,
): Promise<Values> {
  const { channels, clients, messages } = shape;
  await load.run('connect', { group: 'flow', channels, clients });
  await setTimeout(SETTLE_MS);
  const before = server.process.usage();
  const published = await load.run('publish', { prefix: 'flow', channels, messages });
  const after = server.process.usage();
  // A separate command: closing the clients is checked, but not measured.
  await load.run('publish', { prefix: 'flow', channels, messages: 0, finish: true });
  return {
    rate: published.deliveries / published.seconds,
    cpu_us: ((after.cpu - before.cpu) * 1e6) / published.deliveries,
    load_busy: published.busy,
  };
}
