import { setTimeout } from 'node:timers/promises';
import { LoadProcess } from '../load-process.js';
import { SETTLE_MS, type LoadShape } from '../scenarios/throughput.js';
import type { DaemonProcess } from '../targets/daemon-process.js';
import { RelayGroup, startAlone } from '../targets/relay-group.js';
import type { Values } from '../scenarios/scenario.js';
import { cpuMicroseconds, type RelayCase } from './relay-case.js';

/** The clients of each channel are spread over the edges. 0 edges: one monitor without a relay. */
export function edgesCase(edges: number, shape: LoadShape): RelayCase {
  const { channels, clients, messages } = shape;
  const who = edges === 0 ? 'one monitor alone' : edges === 1 ? '1 edge' : `${edges} edges`;
  const load = `${channels} jobs x ${clients} clients x ${messages.toLocaleString('en')}`;
  return {
    metrics: [
      { key: 'rate', title: `${who}: ${load}`, unit: 'deliveries/s' },
      {
        key: 'cpu_us',
        title: `${who}: a delivery${edges > 1 ? ', all edges together' : ''}`,
        unit: 'us of CPU',
      },
    ],
    measure: () => (edges === 0 ? measureAlone(shape) : measureEdges(edges, shape)),
  };
}

async function measureAlone(shape: LoadShape): Promise<Values> {
  const server = await startAlone();
  const load = new LoadProcess(server.address);
  try {
    return await deliver(load, [server.process], [server.address.clientPort], shape);
  } finally {
    await load.stop();
    await server.process.stop();
  }
}

async function measureEdges(edges: number, shape: LoadShape): Promise<Values> {
  const group = await RelayGroup.start({ edges });
  const load = group.load();
  const processes = group.edges.map(({ process }) => process);
  try {
    return await deliver(load, processes, group.clientPorts, shape);
  } finally {
    await load.stop();
    await group.stop();
  }
}

async function deliver(
  load: LoadProcess,
  processes: readonly DaemonProcess[],
  ports: readonly number[],
  { channels, clients, messages }: LoadShape,
): Promise<Values> {
  const cpu = (): number => processes.reduce((sum, process) => sum + process.usage().cpu, 0);
  await load.run('connect', { group: 'flow', channels, clients, ports });
  await setTimeout(SETTLE_MS);
  const before = cpu();
  const published = await load.run('publish', { prefix: 'flow', channels, messages });
  return {
    rate: published.deliveries / published.seconds,
    cpu_us: cpuMicroseconds(cpu() - before, published.deliveries),
    load_busy: published.busy,
  };
}
