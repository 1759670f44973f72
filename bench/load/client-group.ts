import { performance } from 'node:perf_hooks';
import type { ConnectCommand, ConnectResult, ReconnectResult, TargetAddress } from './commands.js';
import { Countdown } from './countdown.js';
import { Latencies } from './latencies.js';
import { LoadClient, type ClientObserver } from './load-client.js';
import { now, readTime } from './message.js';

const NORMAL = 1000;
/** No close frame was received. */
const ABNORMAL = 1006;
const SERVICE_RESTART = 1012;

/** Ranges of the random delay, in milliseconds, before a client reconnects: after a close, and after a refusal. */
const RECONNECT_DELAY = [0, 1000] as const;
const RETRY_DELAY = [500, 1500] as const;

/** Seconds without a close after FINISHED is published. The target first delivers all messages before FINISHED. */
const CLOSE_TIMEOUT = 150;

/** Clients of the same channels. Checks order, loss and close codes. */
export class ClientGroup implements ClientObserver {
  /** Messages published so far on each channel of the group. */
  published = 0;
  latencies: Latencies | undefined;

  private readonly clients: LoadClient[] = [];
  private subscriptions = new Countdown(0, 'subscriptions');
  private deliveries = new Countdown(0, 'deliveries');
  private closes = new Countdown(0, 'closes');
  private started = 0;
  private refusals = 0;
  private reconnecting = false;
  private failure: Error | undefined;

  constructor(
    private readonly address: TargetAddress,
    private readonly command: ConnectCommand,
  ) {
    const ports = command.ports ?? [address.clientPort];
    for (let i = 0; i < command.channels * command.clients; i++) {
      const channel = `${command.prefix ?? command.group}-${i % command.channels}`;
      const clientPort = ports[Math.floor(i / command.channels) % ports.length]!;
      this.clients.push(new LoadClient(channel, { ...address, clientPort }, this, command.stalled ?? false));
    }
  }

  get size(): number {
    return this.clients.length;
  }

  async connect(): Promise<ConnectResult> {
    const { replay = 0, inFlight = 200 } = this.command;
    const startedAt = now();
    const loop = performance.eventLoopUtilization();
    this.published = replay;
    this.subscriptions = new Countdown(this.size, 'subscriptions');
    this.deliveries = new Countdown(this.size * replay, 'replayed messages');
    while (this.started < Math.min(inFlight, this.size)) this.connectNext();
    const subscribedAt = await this.subscriptions.done;
    const endedAt = Math.max(subscribedAt, await this.deliveries.done);
    return {
      seconds: (endedAt - startedAt) / 1e9,
      refused: this.refusals,
      busy: performance.eventLoopUtilization(loop).utilization,
    };
  }

  /** Call this before the messages are published. Resolves to the time of the last delivery. */
  expect(messages: number, timed: boolean): Promise<number> {
    const deliveries = this.size * messages;
    this.published += messages;
    this.latencies = timed ? new Latencies(deliveries) : undefined;
    this.deliveries = new Countdown(deliveries, 'deliveries');
    if (this.failure) this.deliveries.fail(this.failure);
    return this.deliveries.done;
  }

  /**
   * Call this before FINISHED is published. Resolves when all clients have received FINISHED and, with the legacy
   * protocol, are closed.
   */
  expectClose(): Promise<number> {
    this.closes = new Countdown(this.size, 'closes after FINISHED', CLOSE_TIMEOUT);
    return this.closes.done;
  }

  async reconnect(replay: number): Promise<ReconnectResult> {
    this.reconnecting = true;
    this.refusals = 0;
    const at = await this.expect(replay, false);
    this.reconnecting = false;
    return { at, refused: this.refusals };
  }

  disconnect(): void {
    for (const client of this.clients) client.disconnect();
  }

  subscribed(): void {
    this.subscriptions.decrement();
    if (this.started < this.size) this.connectNext();
  }

  delivered(bytes: Buffer, start: number, seq: number): void {
    if (seq >= this.published) return this.fail(`message ${seq} was never published`);
    this.latencies?.add(now() - readTime(bytes, start));
    this.deliveries.decrement();
  }

  finished(): void {
    if (!this.address.legacy) this.closes.decrement();
  }

  refused(client: LoadClient): void {
    this.refusals++;
    connectLater(client, RETRY_DELAY);
  }

  closed(client: LoadClient, code: number): void {
    if (this.command.stalled) return;
    if (client.ended && code === NORMAL) this.closes.decrement();
    else if (this.reconnecting && (code === SERVICE_RESTART || code === ABNORMAL))
      connectLater(client, RECONNECT_DELAY);
    else this.violated(client, `closed with ${code}`);
  }

  violated(client: LoadClient, what: string): void {
    this.fail(`the server ${what} on channel ${client.channel}`);
  }

  private fail(what: string): void {
    this.failure ??= new Error(`violation: ${what}`);
    for (const countdown of [this.subscriptions, this.deliveries, this.closes]) countdown.fail(this.failure);
  }

  private connectNext(): void {
    this.clients[this.started++]!.connect();
  }
}

function connectLater(client: LoadClient, [from, to]: readonly [number, number]): void {
  setTimeout(() => client.connect(), from + Math.random() * (to - from));
}
