import { performance } from 'node:perf_hooks';
import { Countdown } from './countdown.js';
import { Latencies } from './latencies.js';
import { now, readTime } from './message.js';
import type { ConnectOrder, Connected, Returned, Wire } from './order.js';
import { Watcher, type Observer } from './watcher.js';

const RESTART = 1012;
const CUT_OFF = 1006;
const NORMAL = 1000;

/** Milliseconds after which a client comes back, at random: after it was sent away, and after it was turned away. */
const RETURN = [0, 1000] as const;
const RETRY = [500, 1500] as const;

/** Seconds that the messages before FINISHED may take. */
const LONGEST_FLOW = 150;

/** Clients that watch the same channels, and the checks of what they get. */
export class Group implements Observer {
  /** Messages published so far on each of its channels. */
  published = 0;
  latencies: Latencies | undefined;

  private readonly watchers: Watcher[] = [];
  private subscriptions = new Countdown(0, 'subscriptions');
  private deliveries = new Countdown(0, 'deliveries');
  private endings = new Countdown(0, 'closings');
  private dialled = 0;
  private turnedAway = 0;
  private comingBack = false;
  private broken: Error | undefined;

  constructor(
    private readonly wire: Wire,
    private readonly order: ConnectOrder,
  ) {
    for (let i = 0; i < order.channels * order.clients; i++) {
      const channel = `${order.prefix ?? order.group}-${i % order.channels}`;
      this.watchers.push(new Watcher(channel, wire, this, order.stalled ?? false));
    }
  }

  get size(): number {
    return this.watchers.length;
  }

  async connect(): Promise<Connected> {
    const { replay = 0, inFlight = 200 } = this.order;
    const started = now();
    const loop = performance.eventLoopUtilization();
    this.published = replay;
    this.subscriptions = new Countdown(this.size, 'subscriptions');
    this.deliveries = new Countdown(this.size * replay, 'replayed messages');
    while (this.dialled < Math.min(inFlight, this.size)) this.dial();
    const subscribed = await this.subscriptions.done;
    const ended = Math.max(subscribed, await this.deliveries.done);
    return {
      seconds: (ended - started) / 1e9,
      refused: this.turnedAway,
      busy: performance.eventLoopUtilization(loop).utilization,
    };
  }

  /** To be called before the messages are published; the result is when the last was delivered. */
  expect(messages: number, timed: boolean): Promise<number> {
    const deliveries = this.size * messages;
    this.published += messages;
    this.latencies = timed ? new Latencies(deliveries) : undefined;
    this.deliveries = new Countdown(deliveries, 'deliveries');
    if (this.broken) this.deliveries.fail(this.broken);
    return this.deliveries.done;
  }

  /** To be called before FINISHED is published; done when all have seen it and were closed, where the target does so. */
  expectEnd(): Promise<number> {
    this.endings = new Countdown(this.size, 'closings after FINISHED', LONGEST_FLOW);
    return this.endings.done;
  }

  async comeBack(replay: number): Promise<Returned> {
    this.comingBack = true;
    this.turnedAway = 0;
    const at = await this.expect(replay, false);
    this.comingBack = false;
    return { at, refused: this.turnedAway };
  }

  leave(): void {
    for (const watcher of this.watchers) watcher.leave();
  }

  subscribed(): void {
    this.subscriptions.hit();
    if (this.dialled < this.size) this.dial();
  }

  delivered(bytes: Buffer, start: number, seq: number): void {
    if (seq >= this.published) return this.fail(`message ${seq} was never published`);
    this.latencies?.add(now() - readTime(bytes, start));
    this.deliveries.hit();
  }

  finished(): void {
    if (!this.wire.legacy) this.endings.hit();
  }

  refused(watcher: Watcher): void {
    this.turnedAway++;
    later(watcher, RETRY);
  }

  closed(watcher: Watcher, code: number): void {
    if (this.order.stalled) return;
    if (watcher.ended && code === NORMAL) this.endings.hit();
    else if (this.comingBack && (code === RESTART || code === CUT_OFF)) later(watcher, RETURN);
    else this.violated(watcher, `closed with ${code}`);
  }

  violated(watcher: Watcher, what: string): void {
    this.fail(`the server ${what} on channel ${watcher.channel}`);
  }

  private fail(what: string): void {
    this.broken ??= new Error(`violation: ${what}`);
    for (const countdown of [this.subscriptions, this.deliveries, this.endings]) countdown.fail(this.broken);
  }

  private dial(): void {
    this.watchers[this.dialled++]!.connect();
  }
}

function later(watcher: Watcher, [from, to]: readonly [number, number]): void {
  setTimeout(() => watcher.connect(), from + Math.random() * (to - from));
}
