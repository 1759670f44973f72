import { MESSAGE_BYTES } from '../load/message.js';
import { ceiling, type Scenario } from './scenario.js';
import { settle } from './settle.js';

const CHANNELS = 100;

// Messages that wait in the target's socket are not part of its log, so only few messages may wait.
const BATCH = 20_000;

/** Memory of a retained message. The other targets get a fifth of the messages, because they are slower. */
export function retentionScenario(messages: number): Scenario {
  return {
    name: 'retention',
    targetOptions: { totalBytes: messages * MESSAGE_BYTES * 2 },
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
      const count = ['ours', 'journal'].includes(server.target) ? messages : messages / 5;
      await settle(load);
      const before = server.process.usage();
      const started = performance.now();
      for (let sent = 0; sent < count; sent += BATCH) {
        await load.run('publish', { prefix: 'kept', channels: CHANNELS, messages: BATCH / CHANNELS });
        await settle(load);
      }
      const seconds = (performance.now() - started) / 1000;
      return { bytes: (server.process.usage().rss - before.rss) / count, rate: count / seconds };
    },
  };
}
