import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Milliseconds between two checks whether Prometheus is ready. */
const POLL = 50;

interface QueryResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** Prometheus with the example configuration, which scrapes twice a second. */
export class Prometheus {
  private output = '';
  private readonly exit: Promise<unknown>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly directory: string,
    private readonly url: string,
  ) {
    this.exit = once(child, 'close');
    child.stderr!.on('data', (data) => (this.output += String(data)));
  }

  /** Starts Prometheus. Resolves when it answers queries. @param target host:port of the admin listener */
  static async start(target: string): Promise<Prometheus> {
    const directory = await mkdtemp(join(tmpdir(), 'prometheus-'));
    const example = await readFile('packaging/prometheus/prometheus.yml', 'utf8');
    const configuration = example.replace('127.0.0.1:4568', target).replaceAll('15s', '500ms');
    await writeFile(join(directory, 'prometheus.yml'), configuration);
    await copyFile('packaging/prometheus/alerts.yml', join(directory, 'alerts.yml'));
    const address = `127.0.0.1:${await freePort()}`;
    const child = spawn(
      'prometheus',
      [
        `--config.file=${join(directory, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(directory, 'data')}`,
        `--web.listen-address=${address}`,
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const prometheus = new Prometheus(child, directory, `http://${address}`);
    await prometheus.untilReady();
    return prometheus;
  }

  /** The current result of a PromQL query. Rejects with the error of Prometheus. */
  async query(query: string): Promise<readonly QueryResult[]> {
    const parameters = new URLSearchParams({ query }).toString();
    const { result } = await this.get<{ result: QueryResult[] }>(`query?${parameters}`);
    return result;
  }

  /** The `data` of an answer of the HTTP API. */
  async get<Data>(path: string): Promise<Data> {
    const response = await fetch(`${this.url}/api/v1/${path}`);
    const answer = (await response.json()) as { status: string; data: Data; error?: string };
    if (answer.status !== 'success') throw new Error(`${path}: ${answer.error}`);
    return answer.data;
  }

  async stop(): Promise<void> {
    this.child.kill();
    await this.exit;
    await rm(this.directory, { recursive: true, force: true });
  }

  private async untilReady(): Promise<void> {
    for (;;) {
      const ready = await fetch(`${this.url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (ready) return;
      if (this.child.exitCode !== null) throw new Error(`Prometheus has ended: ${this.output}`);
      await setTimeout(POLL);
    }
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
