import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { supportsReusePort } from '../../src/config/reuse-port.js';
import { BuiltDaemon, freePorts, type DaemonCommand, type Ports } from '../fixtures/built-daemon.js';
import { TestClient } from '../fixtures/test-client.js';

const SHARED = { RECODEX_MONITOR_REUSEPORT: 'true' };
const CLIENTS = 100;

/** A Node.js that can share a port; `undefined` if this machine has none and can't get one. */
let node: string | undefined;
const daemons: BuiltDaemon[] = [];

beforeAll(async () => {
  node = supportsReusePort() ? process.execPath : await newerNode();
}, 120_000);

afterEach(async () => {
  for (const { child, exit } of daemons.splice(0)) {
    child.kill('SIGKILL');
    await exit;
  }
});

describe('two processes with reuseport', () => {
  it('both get clients at one address, and one goes on when the other stops', async (context) => {
    if (node === undefined) return context.skip('no newer Node.js');
    const first = await freePorts();
    const second = { ...(await freePorts()), websocket: first.websocket };
    const [one, other] = [await start(first).untilReady(), await start(second).untilReady()];
    const clients = await connectAll(first.websocket);
    const shares = [await clientsOf(first), await clientsOf(second)];
    expect(shares[0]! + shares[1]!).toBe(CLIENTS);
    // The kernel chooses by a hash of the addresses: a share of less than a fifth has a probability of 10^-10.
    expect(Math.min(...shares)).toBeGreaterThan(CLIENTS / 5);

    await one.stop();
    const codes = clients
      .filter(({ socket }) => socket.readyState !== socket.OPEN)
      .map(({ closed }) => closed);
    expect((await Promise.all(codes)).map(({ code }) => code)).toEqual(Array(shares[0]).fill(1012));
    const later = await connectAll(first.websocket);
    expect(await clientsOf(second)).toBe(shares[1]! + CLIENTS);
    for (const { socket } of [...clients, ...later]) socket.terminate();
    await other.stop();
  });

  it('need the key both: without it, the second start fails', async (context) => {
    if (node === undefined) return context.skip('no newer Node.js');
    const first = await freePorts();
    await start(first).untilReady();
    const second = start({ ...(await freePorts()), websocket: first.websocket }, {});
    expect((await second.exit).code).toBe(1);
    expect(second.output).toMatch(/websocket_uri: cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
  });
});

it('reuseport with a socket from systemd is a problem of the configuration', async (context) => {
  if (node === undefined) return context.skip('no newer Node.js');
  const script = 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" "$@"';
  const daemon = start(await freePorts(), SHARED, { command: ['bash', '-c', script, node] });
  expect((await daemon.exit).code).toBe(78);
  expect(daemon.output).toContain(
    'reuseport: expected false with a socket from systemd; with ReusePort=yes in its socket units, systemd shares the port, got true',
  );
});

it.skipIf(supportsReusePort())(
  'reuseport with an older Node.js is a problem of the configuration',
  async () => {
    const daemon = start(await freePorts(), SHARED, { command: [process.execPath] });
    expect((await daemon.exit).code).toBe(78);
    expect(daemon.output).toMatch(/reuseport: expected false with Node\.js \S+ on \w+; .* or a proxy/);
  },
);

function start(
  ports: Ports,
  environment: Record<string, string> = SHARED,
  command: DaemonCommand = { command: [node!] },
): BuiltDaemon {
  const daemon = BuiltDaemon.start(ports, environment, command);
  daemons.push(daemon);
  return daemon;
}

async function connectAll(port: number): Promise<TestClient[]> {
  const clients = Array.from(
    { length: CLIENTS },
    () => new TestClient(`ws://127.0.0.1:${port}/channels/job`),
  );
  return Promise.all(clients.map((client) => client.opened()));
}

async function clientsOf({ admin }: Ports): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${admin}/channels/job`);
  return ((await response.json()) as { summary: { subscribers: number } }).summary.subscribers;
}

/** The path of Node.js 24 from the registry. */
async function newerNode(): Promise<string | undefined> {
  try {
    const args = ['-y', '-p', 'node@24', 'node', '-p', 'process.execPath'];
    const { stdout } = await promisify(execFile)('npx', args, { cwd: tmpdir(), timeout: 100_000 });
    return stdout.trim();
  } catch {
    return undefined;
  }
}
