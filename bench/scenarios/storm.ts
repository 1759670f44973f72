import { LoadProcess } from '../load-process.js';
import { now } from '../load/message.js';
import type { Server } from '../targets/target.js';
import { ceiling, floor, type Scenario, type Values } from './scenario.js';
import { settle } from './settle.js';

const CHANNELS = 100;

/** Everybody connects and subscribes in the same moment; and again, because the daemon was restarted. */
export function storm(clients: number): Scenario {
  const crowd = clients.toLocaleString('en');
  return {
    name: 'storm',
    metrics: [
      {
        key: 'rate',
        title: `storm: ${crowd} clients at once`,
        unit: 'connects/s',
        better: 'more',
        drawn: true,
        goals: [floor(8000)],
      },
      { key: 'refused', title: 'storm: refused', unit: 'clients', better: 'less', goals: [ceiling(0)] },
      {
        key: 'back',
        title: `restart: ${crowd} back, with replay`,
        unit: 's',
        better: 'less',
        goals: [ceiling(5)],
      },
    ],
    async run(server, load) {
      // A message in each log: only a client that got it has subscribed for certain.
      await load.order('publish', { prefix: 'storm', channels: CHANNELS, messages: 1 });
      await settle(load);
      const { seconds, refused, busy } = await load.order('connect', {
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

// Counted from the moment at which the new process is started; the drain of the old one is over then.
async function restart(server: Server, load: LoadProcess): Promise<Values> {
  const back = load.order('comeBack', { group: 'storm', replay: 1 });
  const renewed = await server.restart();
  try {
    const startedAt = now() - renewed.readyAfter * 1e9;
    await load.order('publish', { prefix: 'storm', channels: CHANNELS, messages: 1, unwatched: true });
    return { back: ((await back).at - startedAt) / 1e9 };
  } finally {
    await load.stop();
    await renewed.process.stop();
  }
}
