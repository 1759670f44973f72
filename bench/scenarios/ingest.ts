import { fork } from 'node:child_process';
import { once } from 'node:events';
import { LoadProcess } from '../load-process.js';
import { unusedPorts } from '../targets/unused-ports.js';
import { atLeast, type Scenario, type Values } from './scenario.js';
import { measureThroughput, type LoadShape } from './throughput.js';

/** One client per channel: the cost of a message from the broker's socket through the log to the client. */
export function ingestScenario(shape: LoadShape): Scenario {
  const title = `ingest: ${shape.channels} jobs x ${shape.clients} client x ${shape.messages.toLocaleString('en')}`;
  return {
    name: 'ingest',
    metrics: [
      {
        key: 'rate',
        title,
        unit: 'deliveries/s',
        better: 'more',
        drawn: true,
        // The time per message is at most 1.5 times that of `zeromq` alone.
        goals: [atLeast(2.2, 'nchan'), { ...atLeast(1 / 1.5, 'bare'), text: '>= 1/1.5 x bare' }],
      },
    ],
    run: (server, load) => measureThroughput(server, load, shape),
    bare: () => receiveAlone(shape),
  };
}

async function receiveAlone({ channels, messages }: LoadShape): Promise<Values> {
  const [port] = (await unusedPorts(1)) as [number];
  const script = new URL('../receive-alone.js', import.meta.url);
  const receiver = fork(script, [String(port), String(channels * messages)]);
  await once(receiver, 'message');
  const load = new LoadProcess({ feed: 'zmtp', feedPort: port, clientPort: port, path: '/', legacy: true });
  try {
    const received = once(receiver, 'message', { signal: AbortSignal.timeout(60_000) });
    const { startedAt } = await load.run('publish', { prefix: 'alone', channels, messages });
    const [at] = (await received) as [number];
    return { rate: (channels * messages * 1e9) / (at - startedAt) };
  } finally {
    await load.stop();
    receiver.kill();
  }
}
