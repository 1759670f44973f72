import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handshake, sendRaw } from '../fixtures/raw-http.js';
import { TestClient } from '../fixtures/test-client.js';
import { ENVIRONMENT } from './run.js';

/** The command as both packages install it. */
const COMMAND = fileURLToPath(new URL('../../dist-system/tree/usr/bin/recodex-monitor', import.meta.url));
const SETTINGS = ['WEBSOCKET', 'ZEROMQ', 'ADMIN'].map((name) => `RECODEX_MONITOR_${name}_URI=127.0.0.1:0`);
const READY = /Ready$/m;
/** Milliseconds between two connections. */
const PAUSE = 5;

// As systemd does for a socket unit: keeps a socket open, passes it to the command, and restarts the command when it ends.
const SERVICE_MANAGER = `
use IO::Socket::INET;
$^F = 3; # A file descriptor up to this number stays open in a new program.
my $socket = IO::Socket::INET->new(Listen => 4096, LocalAddr => "127.0.0.1:" . shift @ARGV) or die $!;
die "not the first socket" if fileno $socket != 3;
while (1) {
  my $pid = fork;
  if (!$pid) {
    @ENV{qw(LISTEN_PID LISTEN_FDS LISTEN_FDNAMES)} = ($$, 1, 'public');
    exec @ARGV;
  }
  waitpid $pid, 0;
}`;

let port: number;
let manager: ChildProcess | undefined;
let output: string;

beforeEach(async () => {
  output = '';
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
  server.close();
});

afterEach(() => {
  for (const pid of children()) process.kill(pid, 'SIGKILL');
  manager?.kill('SIGKILL');
});

describe('a socket from systemd', () => {
  it('takes the place of websocket_uri', async () => {
    const settings = SETTINGS.flatMap((setting) => ['--setenv', setting]);
    start(
      'systemd-socket-activate',
      '--listen',
      `127.0.0.1:${port}`,
      '--fdname=public',
      ...settings,
      COMMAND,
    );
    await printed(/Listening on/);
    // The first connection starts the monitor.
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
    const line = `Listening on a socket from systemd instead of websocket_uri websocket_uri=127.0.0.1:0`;
    expect(output).toContain(`${line} address=127.0.0.1:${port}`);
  });

  it('refuses no connection while the monitor restarts', async () => {
    start('perl', '-e', SERVICE_MANAGER, String(port), 'env', ...SETTINGS, COMMAND);
    await printed(READY);
    let connections = 0;
    let restarted = false;
    const restart = (async () => {
      for (const pid of children()) process.kill(pid, 'SIGTERM');
      output = '';
      await printed(READY);
      restarted = true;
    })();
    while (!restarted) {
      // Rejects when the connection is refused.
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.on('error', () => {}).destroy();
      connections++;
      await wait(PAUSE);
    }
    await restart;
    expect(connections).toBeGreaterThan(10);
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
  });

  it('lets a client that connects during the stop wait for the next process', async () => {
    start('perl', '-e', SERVICE_MANAGER, String(port), 'env', ...SETTINGS, COMMAND);
    await printed(READY);
    // A client that does not answer the close. The monitor waits for it, so the stop takes half a second.
    const mute = sendRaw(`http://127.0.0.1:${port}`, handshake('/channels/a'));
    await once(mute, 'data');
    const [stopping] = children();
    output = '';
    process.kill(stopping!, 'SIGTERM');
    await once(mute, 'data');
    const client = new TestClient(`ws://127.0.0.1:${port}/channels/b`);
    await once(client.socket, 'upgrade');
    expect(output).toMatch(/Stopped[^]*Ready$/m);
    expect(children()).not.toContain(stopping);
    client.socket.terminate();
    mute.destroy();
  });
});

function start(program: string, ...args: string[]): void {
  manager = spawn(program, args, { env: ENVIRONMENT, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [manager.stdout!, manager.stderr!])
    stream.on('data', (data) => (output += String(data)));
}

async function printed(pattern: RegExp): Promise<void> {
  const { stdout, stderr } = manager!;
  while (!pattern.test(output)) {
    const received = new AbortController();
    const { signal } = received;
    await Promise.race([once(stdout!, 'data', { signal }), once(stderr!, 'data', { signal })]);
    received.abort();
  }
}

/** The processes that the service manager has started. */
function children(): number[] {
  const { pid } = manager!;
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number);
}
