import { DEMO_JOBS, demoMessages } from './demo-jobs.js';
import { DemoMonitor } from './demo-monitor.js';
import { availablePorts, DEFAULT_PORTS, DEMO_HOST, type MonitorPorts } from './demo-ports.js';
import { MessagePacer } from './message-pacer.js';
import { commandName } from './shell.js';
import { SimulatedBroker } from './simulated-broker.js';
import { WatchInstructions } from './watch-instructions.js';

const CONNECT_TIMEOUT_S = 10;
const PORT_USERS: Readonly<Record<keyof MonitorPorts, string>> = {
  websocket: 'clients',
  zeromq: 'the broker',
  admin: 'operators',
};

/** Runs a monitor and plays jobs to it until `signal` aborts. Rejects when the monitor can't run. */
export async function runDemo(print: (line: string) => void, signal: AbortSignal): Promise<void> {
  try {
    const ports = await availablePorts(DEFAULT_PORTS);
    for (const line of changedPorts(ports)) print(line);
    print('Starting the monitor ...');
    const monitor = await DemoMonitor.start(ports, signal);
    try {
      await playJobs(monitor, ports, { print, signal });
    } finally {
      await monitor.stop();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

interface DemoContext {
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

async function playJobs(
  monitor: DemoMonitor,
  ports: MonitorPorts,
  { print, signal }: DemoContext,
): Promise<void> {
  const failed = new AbortController();
  const end = AbortSignal.any([signal, failed.signal]);
  const broker = new SimulatedBroker(
    { endpoint: `tcp://${DEMO_HOST}:${ports.zeromq}`, timeout: CONNECT_TIMEOUT_S },
    end,
  );
  try {
    await broker.connect();
    for (const line of instructions(ports)) print(line);
    await Promise.race([sendMessages(broker, end), monitor.failure(end)]);
  } finally {
    failed.abort();
    broker.close();
  }
}

async function sendMessages(broker: SimulatedBroker, signal: AbortSignal): Promise<void> {
  const pacer = new MessagePacer(signal);
  for (const { due, frames } of demoMessages(DEMO_JOBS, Math.random)) {
    await pacer.waitUntil(due);
    await broker.send(frames);
  }
}

function changedPorts(ports: MonitorPorts): string[] {
  const keys = Object.keys(PORT_USERS) as (keyof MonitorPorts)[];
  return keys
    .filter((key) => ports[key] !== DEFAULT_PORTS[key])
    .map(
      (key) => `Port ${DEFAULT_PORTS[key]} is in use. Port ${ports[key]} is for ${PORT_USERS[key]} instead.`,
    );
}

function instructions({ websocket }: MonitorPorts): string[] {
  const options = websocket === DEFAULT_PORTS.websocket ? [] : ['--url', `ws://${DEMO_HOST}:${websocket}`];
  const watch = new WatchInstructions(commandName(), `http://${DEMO_HOST}:${websocket}`, options);
  const [first] = DEMO_JOBS;
  return [
    '',
    'Open the page of a job in a browser:',
    '',
    ...DEMO_JOBS.flatMap(({ id, about, tasks }) => [`  ${about}`, `    ${watch.url(id, tasks)}`]),
    '',
    'Or follow a job in another terminal:',
    '',
    `  ${watch.command(first!.id, first!.tasks)}`,
    '',
    'The jobs run in a loop. Ctrl-C ends the demo.',
  ];
}
