import { atLeast, type Scenario } from './scenario.js';
import { settle } from './settle.js';

/** Clients that connect after the last message: how fast they get the log. */
export function lateJoinScenario(clients: number, messages: number): Scenario {
  return {
    name: 'late-join',
    metrics: [
      {
        key: 'rate',
        title: `late join: ${clients} clients to a log of ${messages.toLocaleString('en')}`,
        unit: 'deliveries/s',
        better: 'more',
        drawn: true,
        goals: [atLeast(30, 'nchan')],
      },
    ],
    async run(_server, load) {
      await load.run('publish', { prefix: 'late', channels: 1, messages });
      await settle(load);
      const joined = await load.run('connect', { group: 'late', channels: 1, clients, replay: messages });
      return { rate: (clients * messages) / joined.seconds, load_busy: joined.busy };
    },
  };
}
