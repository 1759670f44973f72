import { fork } from 'node:child_process';
import { once } from 'node:events';
import { LoadProcess } from '../load-process.js';
import { freePorts } from '../targets/free-ports.js';
import { atLeast, type Scenario, type Values } from './scenario.js';
import { flow, type Shape } from './throughput.js';

/** One client a channel: what a message costs from the broker's socket to the log and out. */
export function ingest(shape: Shape): Scenario {
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
        // 1.5 times the time a message that `zeromq` needs to receive it.
        goals: [atLeast(2.2, 'nchan'), { ...atLeast(1 / 1.5, 'bare'), text: '>= 1/1.5 x bare' }],
      },
    ],
    run: (server, load) => flow(server, load, shape),
    bare: () => receiveAlone(shape),
  };
}

async function receiveAlone({ channels, messages }: Shape): Promise<Values> {
  const [port] = (await freePorts(1)) as [number];
  const script = new URL('../receive-alone.js', import.meta.url);
  const receiver = fork(script, [String(port), String(channels * messages)]);
  await once(receiver, 'message');
  const load = new LoadProcess({ feed: 'zmtp', feedPort: port, watchPort: port, path: '/', legacy: true });
  try {
    const received = once(receiver, 'message', { signal: AbortSignal.timeout(60_000) });
    const { startedAt } = await load.order('publish', { prefix: 'alone', channels, messages });
    const [at] = (await received) as [number];
    return { rate: (channels * messages * 1e9) / (at - startedAt) };
  } finally {
    await load.stop();
    receiver.kill();
  }
}
