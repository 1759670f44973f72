import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Certificate } from './certificate.js';
import { PROXIES, type ProxyName, type ProxyPlace, type ProxySpec } from './proxies.js';
import { replaceValues } from './snippet.js';

/** Milliseconds that a proxy may need until it accepts connections. */
const START_TIMEOUT = 20_000;

/** A real proxy in another process, in front of the monitor at `upstream` (host:port). */
export class Proxy {
  private constructor(
    private readonly child: ChildProcess,
    private readonly exit: Promise<unknown>,
    private readonly directory: string,
    /** The address of the TLS listener: `127.0.0.1:port`. */
    readonly address: string,
  ) {}

  /** @param changes texts of the configuration, and what replaces them */
  static start(
    name: ProxyName,
    upstream: string,
    certificate: Certificate,
    changes: Readonly<Record<string, string>> = {},
  ): Promise<Proxy> {
    const { configuration, command } = PROXIES[name];
    const changed = async (place: ProxyPlace) => replaceValues(await configuration(place), changes);
    return Proxy.startWith({ configuration: changed, command }, upstream, certificate);
  }

  static async startWith(
    { configuration, command }: ProxySpec,
    upstream: string,
    certificate: Certificate,
  ): Promise<Proxy> {
    const directory = await mkdtemp(join(tmpdir(), 'recodex-monitor-proxy-'));
    // Some proxies that root has started run as another user.
    await chmod(directory, 0o755);
    const address = `127.0.0.1:${await freePort()}`;
    const file = join(directory, 'proxy.conf');
    await writeFile(file, await configuration({ directory, address, upstream, ...certificate }));
    const [program, ...args] = command(file, directory);
    // A file and not a pipe: the pipes of Node are sockets, which Apache cannot open as /dev/stderr.
    const log = await open(join(directory, 'proxy.log'), 'a+');
    const child = spawn(program!, args, {
      env: { ...process.env, HOME: directory, PATH: `${process.env['PATH']}:/usr/sbin` },
      stdio: ['ignore', 'ignore', log.fd],
    });
    const exit = once(child, 'exit');
    exit.catch(() => {});
    try {
      await listening(exit, address, log);
    } finally {
      await log.close();
    }
    return new Proxy(child, exit, directory, address);
  }

  async stop(): Promise<void> {
    this.child.kill();
    await this.exit;
    await rm(this.directory, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function listening(exit: Promise<unknown[]>, address: string, log: FileHandle): Promise<void> {
  const ended = exit.then(async ([code]) => {
    const { buffer, bytesRead } = await log.read(Buffer.alloc(8192), 0, 8192, 0);
    throw new Error(`The proxy exited with ${String(code)}: ${buffer.toString('utf8', 0, bytesRead)}`);
  });
  ended.catch(() => {});
  const accepting = vi.waitFor(async () => expect(await accepts(address)).toBe(true), START_TIMEOUT);
  await Promise.race([accepting, ended]);
}

async function accepts(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
