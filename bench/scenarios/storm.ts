import { LoadProcess } from '../load-process.js';
import { now } from '../load/message.js';
import type { TargetServer } from '../targets/target.js';
import { ceiling, floor, type Scenario, type Values } from './scenario.js';
import { settle } from './settle.js';

const CHANNELS = 100;

/** All clients connect and subscribe at the same time, and again after a restart of the daemon. */
export function stormScenario(clients: number): Scenario {
  const count = clients.toLocaleString('en');
  return {
    name: 'storm',
    metrics: [
      {
        key: 'rate',
        title: `storm: ${count} clients at once`,
        unit: 'connects/s',
        better: 'more',
        drawn: true,
        goals: [floor(8000)],
      },
      { key: 'refused', title: 'storm: refused', unit: 'clients', better: 'less', goals: [ceiling(0)] },
      {
        key: 'back',
        title: `restart: ${count} back, with replay`,
        unit: 's',
        better: 'less',
        goals: [ceiling(5)],
      },
    ],
    async run(server, load) {
      // One message in each log: a client that has received this message is subscribed.
      await load.run('publish', { prefix: 'storm', channels: CHANNELS, messages: 1 });
      await settle(load);
      const { seconds, refused, busy } = await load.run('connect', {
        group: 'storm',
        channels: CHANNELS,
        clients: clients / CHANNELS,
        inFlight: clients,
        replay: 1,
      });
      const connected = { rate: clients / seconds, refused, load_busy: busy };
      return server.target === 'ours' ? { ...connected, ...(await restart(server, load)) } : connected;
    },
  };
}

// Measured from the start of the new process. The old process has ended by then.
async function restart(server: TargetServer, load: LoadProcess): Promise<Values> {
  const back = load.run('reconnect', { group: 'storm', replay: 1 });
  const restarted = await server.restart();
  try {
    const startedAt = now() - restarted.readyAfter * 1e9;
    await load.run('publish', { prefix: 'storm', channels: CHANNELS, messages: 1, unwatched: true });
    return { back: ((await back).at - startedAt) / 1e9 };
  } finally {
    await load.stop();
    await restarted.process.stop();
  }
}
