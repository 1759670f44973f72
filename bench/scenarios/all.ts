import { idleScenario } from './idle.js';
import { ingestScenario } from './ingest.js';
import { latencyScenario } from './latency.js';
import { lateJoinScenario } from './late-join.js';
import { retentionScenario } from './retention.js';
import { atLeast, atMost, ceiling, type Scenario } from './scenario.js';
import { stalledScenario } from './stalled.js';
import { startScenario } from './start.js';
import { stormScenario } from './storm.js';
import { throughputScenario } from './throughput.js';

/** All scenarios, in the order of the table. */
export function scenarios(quick: boolean): Scenario[] {
  const size = (full: number, small: number): number => (quick ? small : full);
  const seconds = size(3, 1);
  const pipelined = { channels: 10, clients: 10, messages: size(20_000, 2000) };
  const burst = { channels: 1, clients: size(1000, 300), messages: 300 };
  const steady = { channels: 1, clients: size(1000, 300), seconds };
  const light = { channels: 100, clients: 10, rate: 1000, seconds };
  return [
    throughputScenario('pipelined', pipelined, {
      title: `pipelined: 10 jobs x 10 clients x ${pipelined.messages.toLocaleString('en')}`,
      goals: [atLeast(5, 'nchan')],
    }),
    throughputScenario('burst', burst, {
      title: `burst: 300 messages to ${burst.clients.toLocaleString('en')} clients`,
      goals: [atLeast(30, 'nchan')],
    }),
    ingestScenario({ channels: 100, clients: 1, messages: size(2000, 300) }),
    latencyScenario(
      'steady',
      `steady: 100/s to ${steady.clients} clients`,
      { ...steady, rate: 100 },
      { p99: [atMost(0.2, 'nchan')] },
    ),
    latencyScenario(
      'steady-200',
      `steady: 200/s to ${steady.clients} clients`,
      { ...steady, rate: 200 },
      { p99: [ceiling(100)] },
    ),
    latencyScenario('light', 'light: 1,000/s, 100 jobs x 10 clients', light, {}),
    lateJoinScenario(100, size(10_000, 1000)),
    stormScenario(size(10_000, 2000)),
    idleScenario(size(10_000, 2000), size(5, 1)),
    retentionScenario(size(1_000_000, 100_000)),
    stalledScenario(size(200_000, 20_000)),
    startScenario(),
  ];
}
