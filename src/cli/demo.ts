import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

import { DEMO_JOBS, demoMessages } from './demo-jobs.js';
import { DEFAULT_PORTS, DemoMonitor, freePorts, type Ports } from './demo-monitor.js';
import { PretendBroker } from './pretend-broker.js';
import { commandName } from './shell.js';
import { WatchGuide } from './watch-guide.js';

/** Seconds that the link to the monitor may take. */
const PATIENCE = 10;
const MESSAGES_PER_TURN = 64;
const NAMES: Readonly<Record<keyof Ports, string>> = {
  websocket: 'watchers',
  zeromq: 'the broker',
  admin: 'operators',
};

/** Runs a monitor and plays jobs to it until `signal` is aborted. Rejects when the monitor can't run. */
export async function demo(out: (line: string) => void, signal: AbortSignal): Promise<void> {
  const ports = await freePorts(DEFAULT_PORTS);
  for (const line of changedPorts(ports)) out(line);
  out('Starting the monitor ...');
  const monitor = await DemoMonitor.start(ports, signal);
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const broker = new PretendBroker(`tcp://127.0.0.1:${ports.zeromq}`, PATIENCE, either);
  try {
    await broker.connect();
    for (const line of guideLines(ports)) out(line);
    await Promise.race([play(broker, either), monitor.failure(either)]);
  } finally {
    over.abort();
    broker.close();
    await monitor.stop();
  }
}

async function play(broker: PretendBroker, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  let sent = 0;
  for (const { due, frames } of demoMessages(DEMO_JOBS, Math.random)) {
    const wait = start + due - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal });
    else if (++sent % MESSAGES_PER_TURN === 0) await setImmediate(undefined, { signal });
    await broker.send(frames);
  }
}

function changedPorts(ports: Ports): string[] {
  const keys = Object.keys(NAMES) as (keyof Ports)[];
  return keys
    .filter((key) => ports[key] !== DEFAULT_PORTS[key])
    .map((key) => `Port ${DEFAULT_PORTS[key]} is taken: port ${ports[key]} is for ${NAMES[key]} instead.`);
}

function guideLines({ websocket }: Ports): string[] {
  const options = websocket === DEFAULT_PORTS.websocket ? [] : ['--url', `ws://127.0.0.1:${websocket}`];
  const guide = new WatchGuide(commandName(), `http://127.0.0.1:${websocket}`, options);
  const [first] = DEMO_JOBS;
  return [
    '',
    'Open the page of a job in a browser:',
    '',
    ...DEMO_JOBS.flatMap(({ id, about, tasks }) => [`  ${about}`, `    ${guide.url(id, tasks)}`]),
    '',
    'Or follow a job in another terminal:',
    '',
    `  ${guide.watch(first!.id, first!.tasks)}`,
    '',
    'The jobs start over again and again. Ctrl-C ends the demo.',
  ];
}
