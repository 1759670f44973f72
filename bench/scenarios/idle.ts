import { setTimeout } from 'node:timers/promises';
import { ceiling, type Scenario } from './scenario.js';

const CHANNELS = 1000;

/** Default seconds between pings. */
const USUAL_PING = 20;

/**
 * Clients without messages: their memory, and the CPU time of their pings. The server pings them every `pingSeconds`,
 * which keeps the run short. The result is converted to the usual interval.
 */
export function idleScenario(clients: number, pingSeconds: number): Scenario {
  const count = clients.toLocaleString('en');
  return {
    name: 'idle',
    targetOptions: { pingSeconds },
    metrics: [
      {
        key: 'kib',
        title: `idle: ${count} clients, memory of each`,
        unit: 'KiB',
        better: 'less',
        drawn: true,
        goals: [ceiling(6)],
      },
      {
        key: 'cpu',
        title: `idle: ${count} clients pinged every ${USUAL_PING} s`,
        unit: '% of a core',
        better: 'less',
        goals: [ceiling(3)],
      },
    ],
    async run(server, load) {
      const before = server.process.usage();
      await load.run('connect', { group: 'idle', channels: CHANNELS, clients: clients / CHANNELS });
      await setTimeout(1000);
      const connected = server.process.usage();
      await setTimeout(pingSeconds * 1000);
      const after = server.process.usage();
      return {
        kib: (after.rss - before.rss) / clients / 1024,
        cpu: ((after.cpu - connected.cpu) / USUAL_PING) * 100,
      };
    },
  };
}
