import { setTimeout } from 'node:timers/promises';
import { MESSAGE_BYTES } from '../load/message.js';
import { ceiling, type Scenario } from './scenario.js';
import { SETTLE_MS } from './throughput.js';

const CLIENTS = 10;
const STALLED = 20;
const MIB = 1024 * 1024;

// Share of the messages for a measurement without stalled clients, which comes first. These messages are sent twice,
// because V8 has not compiled the code before the first time.
const ALONE_SHARE = 0.1;

/**
 * Clients that never read, next to clients that read. The stalled clients must neither take memory nor slow down the
 * others. The other targets get a quarter of the messages, because they are slower.
 */
export function stalledScenario(messages: number): Scenario {
  const title = `stalled: ${STALLED} of ${STALLED + CLIENTS} clients never read ${messages.toLocaleString('en')} messages`;
  return {
    name: 'stalled',
    targetOptions: { channelMessages: messages * 2, totalBytes: messages * MESSAGE_BYTES * 4 },
    metrics: [
      {
        key: 'growth',
        title: `${title}, memory beyond the log`,
        unit: 'MiB',
        better: 'less',
        goals: [ceiling(40)],
      },
      { key: 'rate', title: `${title}, the others`, unit: 'deliveries/s', better: 'more' },
      { key: 'pace', title: 'stalled: pace of the others against none stalled', unit: '%', better: 'more' },
    ],
    async run(server, load) {
      const count = server.target === 'ours' ? messages : messages / 4;
      const alone = { prefix: 'alone', channels: 1, messages: count * ALONE_SHARE };
      await load.run('connect', { group: 'alone', channels: 1, clients: CLIENTS });
      await setTimeout(SETTLE_MS);
      await load.run('publish', alone);
      const free = await load.run('publish', alone);
      await load.run('connect', { group: 'flow', channels: 1, clients: CLIENTS });
      await load.run('connect', {
        group: 'stalled',
        prefix: 'flow',
        channels: 1,
        clients: STALLED,
        stalled: true,
      });
      await setTimeout(SETTLE_MS);
      const before = server.process.usage();
      const published = await load.run('publish', { prefix: 'flow', channels: 1, messages: count });
      const after = server.process.usage();
      const rate = published.deliveries / published.seconds;
      return {
        growth: (after.rss - before.rss - count * MESSAGE_BYTES) / MIB,
        rate,
        pace: (100 * rate) / (free.deliveries / free.seconds),
      };
    },
  };
}
