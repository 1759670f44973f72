import { setTimeout } from 'node:timers/promises';
import type { SenderKeys } from '../../src/cli/curve-options.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { TestClient } from '../fixtures/test-client.js';
import type { Daemon } from './daemon.js';

/** Milliseconds between two messages of the healthy job. */
const SEND_INTERVAL = 10;

/** What a client and a broker need when the daemon requires it. */
export interface HealthyAccess {
  readonly curve?: SenderKeys | undefined;
  /** A token for every channel. */
  readonly token?: string | undefined;
}

export interface Delivery {
  readonly sent: number;
  readonly received: number;
  /** Milliseconds between sending and receiving. */
  readonly p99: number;
  readonly max: number;
}

/** A client that receives the messages of a healthy broker during an attack, and measures their latency. */
export class HealthyClient {
  private static number = 0;
  private readonly sentAt: number[] = [];
  private readonly latencies: number[] = [];
  private sending = true;
  private done: Promise<void> = Promise.resolve();

  private constructor(
    private readonly broker: FakeBroker,
    private readonly client: TestClient,
    private readonly id: string,
  ) {
    client.socket.on('message', (data: Buffer) => {
      const { task_id } = JSON.parse(data.toString()) as { task_id: string };
      this.latencies.push(performance.now() - this.sentAt[Number(task_id)]!);
    });
  }

  /** Resolves when the client has received its first message. */
  static async start(daemon: Daemon, { curve, token }: HealthyAccess = {}): Promise<HealthyClient> {
    const id = `healthy-${++HealthyClient.number}`;
    const broker = await FakeBroker.connect(daemon.zeromq, curve);
    const client =
      token === undefined
        ? new TestClient(daemon.ws, { firstMessage: id })
        : new TestClient(`${daemon.ws}/channels/${id}`, { protocols: ['recodex.v1', `token.${token}`] });
    await client.opened();
    const healthy = new HealthyClient(broker, client, id);
    healthy.done = healthy.send();
    await client.received(1);
    return healthy;
  }

  /** Stops sending and waits for the last message. Rejects when the connection was closed. */
  async stop(): Promise<Delivery> {
    this.sending = false;
    await this.done;
    const lost = this.client.closed.then(({ code, reason }) => {
      throw new Error(`The healthy client was closed with ${code} ${reason}`);
    });
    await Promise.race([this.client.received(this.sentAt.length), lost]);
    this.client.socket.terminate();
    this.broker.close();
    const sorted = [...this.latencies].toSorted((a, b) => a - b);
    return {
      sent: this.sentAt.length,
      received: sorted.length,
      p99: sorted[Math.floor(sorted.length * 0.99)]!,
      max: sorted.at(-1)!,
    };
  }

  private async send(): Promise<void> {
    while (this.sending) {
      const task = this.sentAt.push(performance.now()) - 1;
      await this.broker.send(this.id, 'TASK', String(task), 'COMPLETED');
      await setTimeout(SEND_INTERVAL);
    }
  }
}
