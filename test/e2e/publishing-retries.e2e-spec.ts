import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { seededRandom } from '../browser/seeded-random.js';
import { sendRaw } from '../fixtures/raw-http.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor();

const PRODUCERS = 50;
const REQUESTS = 20;
const LARGEST_REQUEST = 5;
const SEED = 20_261_126;

/** A producer that loses connections: it does not know which requests were accepted, and repeats them. */
class UnreliableProducer {
  readonly sent: string[] = [];
  private epoch = 0;
  private seq = 0;

  constructor(
    private readonly channelId: string,
    readonly id: string,
    private readonly random: () => number,
  ) {}

  async run(): Promise<void> {
    for (let i = 0; i < REQUESTS; i++) {
      if (this.random() < 0.1) this.restart();
      const count = 1 + Math.floor(this.random() * LARGEST_REQUEST);
      const taskIds = Array.from({ length: count }, (_, at) => `${this.id}:${this.sent.length + at}`);
      await this.untilAccepted(taskIds);
      this.sent.push(...taskIds);
      this.seq++;
    }
  }

  private restart(): void {
    this.epoch++;
    this.seq = 0;
  }

  private async untilAccepted(taskIds: readonly string[]): Promise<void> {
    const request = this.request(taskIds);
    while (this.random() < 0.4) await this.cut(request);
    const statuses = [await this.post(request)];
    while (this.random() < 0.3) statuses.push(await this.post(request));
    for (const status of statuses) expect(['200', '204']).toContain(status);
    expect(statuses.slice(1)).not.toContain('200');
  }

  private request(taskIds: readonly string[]): string {
    const body = taskIds.map((task_id) => JSON.stringify({ command: 'TASK', task_id })).join('\n');
    return (
      `POST /channels/${this.channelId} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\n` +
      `Content-Length: ${body.length}\r\nProducer-Id: ${this.id}\r\nProducer-Epoch: ${this.epoch}\r\n` +
      `Producer-Seq: ${this.seq}\r\n\r\n${body}`
    );
  }

  /** Sends a request, all of it or a part, and cuts the connection without waiting for the answer. */
  private async cut(request: string): Promise<void> {
    const whole = this.random() < 0.5;
    const socket = sendRaw(
      running.monitor.admin,
      whole ? request : request.slice(0, Math.floor(this.random() * request.length)),
    );
    await once(socket, 'connect');
    for (let turns = this.random() * 20; turns > 0; turns--) await nextTurn();
    socket.destroy();
  }

  /** Sends a request. Resolves with the status of the answer. */
  private async post(request: string): Promise<string> {
    const socket = sendRaw(running.monitor.admin, request);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return /^HTTP\/1\.1 (\d+)/.exec(answer.toString('latin1'))![1]!;
  }
}

it(`appends each message once and in order, with ${PRODUCERS} producers that repeat requests (seed ${SEED})`, async () => {
  const id = running.freshId();
  const client = running.connect(`/channels/${id}`);
  await client.opened();
  const producers = Array.from(
    { length: PRODUCERS },
    (_, index) => new UnreliableProducer(id, `p${index}`, seededRandom(SEED + index)),
  );
  await Promise.all(producers.map((producer) => producer.run()));
  const total = producers.reduce((sum, { sent }) => sum + sent.length, 0);
  await client.received(total);
  expect(client.frames).toHaveLength(total);
  const taskIds = client.items().map(({ task_id }) => task_id!);
  for (const producer of producers)
    expect(taskIds.filter((taskId) => taskId.startsWith(`${producer.id}:`))).toEqual(producer.sent);
}, 60_000);
