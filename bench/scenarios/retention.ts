import { MESSAGE_BYTES } from '../load/message.js';
import { ceiling, type Scenario } from './scenario.js';
import { settle } from './settle.js';

const CHANNELS = 100;

// The broker's link has no bound on our side; what would wait in it, should the target fall behind, is not its log.
const PORTION = 20_000;

/** What a retained message costs; the others get a fifth of the messages, because they take their time. */
export function retention(messages: number): Scenario {
  return {
    name: 'retention',
    needs: { totalBytes: messages * MESSAGE_BYTES * 2 },
    metrics: [
      {
        key: 'bytes',
        title: `retention: ${messages.toLocaleString('en')} messages of ${MESSAGE_BYTES} bytes`,
        unit: 'bytes each',
        better: 'less',
        drawn: true,
        goals: [ceiling(200)],
      },
    ],
    async run(server, load) {
      const count = server.target === 'ours' ? messages : messages / 5;
      await settle(load);
      const before = server.process.usage();
      const started = performance.now();
      for (let sent = 0; sent < count; sent += PORTION) {
        await load.order('publish', { prefix: 'kept', channels: CHANNELS, messages: PORTION / CHANNELS });
        await settle(load);
      }
      const seconds = (performance.now() - started) / 1000;
      return { bytes: (server.process.usage().rss - before.rss) / count, rate: count / seconds };
    },
  };
}
