import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { DaemonProcess, listens } from './daemon-process.js';
import { unusedPorts } from './unused-ports.js';

/** Milliseconds between two looks at the newest entry. */
const LOOK_MS = 5;

/** Seconds after which an awaited entry counts as missing. */
const ENTRY_TIMEOUT = 60;

const version = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });

/** Reason why no Redis can run here; `undefined` when one can. */
export const missingRedis = version.error
  ? 'redis-server is not installed (Debian: apt-get install redis-server)'
  : undefined;

/** Name and version of Redis, for the report. */
export const redisVersion = `Redis ${/v=([\d.]+)/.exec(version.stdout ?? '')?.[1] ?? '?'}`;

/** A Redis with the settings that docs/scaling.md recommends, on a free port and with an empty folder. */
export class RedisServer {
  private constructor(
    readonly process: DaemonProcess,
    private readonly client: ReturnType<typeof createLookingClient>,
    private readonly folder: string,
    readonly url: string,
  ) {}

  static async start(): Promise<RedisServer> {
    const [port] = (await unusedPorts(1)) as [number];
    const folder = mkdtempSync(join(tmpdir(), 'recodex-bench-redis-'));
    const options = {
      port: String(port),
      bind: '127.0.0.1',
      dir: folder,
      save: '',
      appendonly: 'yes',
      'maxmemory-policy': 'noeviction',
    };
    const process = new DaemonProcess(
      'redis-server',
      Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]),
    );
    await process.ready(() => listens(port));
    const url = `redis://127.0.0.1:${port}`;
    const client = createLookingClient(url);
    client.on('error', () => {});
    await client.connect();
    return new RedisServer(process, client, folder, url);
  }

  /** Bytes of memory that Redis uses for its data. */
  async memory(): Promise<number> {
    return Number(/^used_memory:(\d+)/m.exec(await this.client.info('memory'))?.[1]);
  }

  /** Resolves when the newest entry of the stream has a message of the channel. */
  async has(stream: string, channel: string): Promise<void> {
    const deadline = performance.now() + ENTRY_TIMEOUT * 1000;
    while (performance.now() < deadline) {
      const entries = await this.client.xRevRange(stream, '+', '-', { COUNT: 1 });
      if (entries?.[0]?.message['r1']?.includes(channel)) return;
      await setTimeout(LOOK_MS);
    }
    throw new Error(`Redis has no message of ${channel} after ${ENTRY_TIMEOUT} s`);
  }

  async stop(): Promise<void> {
    this.client.destroy();
    await this.process.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function createLookingClient(url: string) {
  return createClient({ url, RESP: 2 });
}
