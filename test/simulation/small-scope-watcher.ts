import type { Channel } from '../../src/channels/channel.js';
import type { EndReason, ResetCause, Sink, Subscription } from '../../src/channels/sink.js';
import type { Encoder } from '../../src/messages/encoder.js';
import { formatPosition, type Position } from '../../src/messages/position.js';
import type { Greeting, SmallScopeLog } from './small-scope-log.js';

/** A watcher that leaves and comes back with its position, and checks its list after each action. */
export class SmallScopeWatcher implements Sink {
  /** The messages since the last reset. */
  private list: string[] = [];
  /** The number of the last message of the list, or of the message before the list. */
  private seq = 0;
  private position: Position | undefined;
  private log: SmallScopeLog | undefined;
  private subscription: Subscription | undefined;
  private isStalled = false;
  /** The channel has written into a stalled sink, so it must wait. */
  private isBlocked = false;
  private wasBlocked = false;
  private hasEnded = false;
  /** What must come before the first message. */
  private greeting: Greeting = {};
  private error: string | undefined;

  constructor(readonly encoder: Encoder) {}

  get actions(): ('join' | 'leave' | 'stall' | 'drain')[] {
    if (!this.subscription) return ['join'];
    return ['leave', this.isStalled ? 'drain' : 'stall'];
  }

  act(name: string, channel: Channel, log: SmallScopeLog): void {
    if (name === 'join') this.join(channel, log);
    else if (name === 'leave') this.disconnect();
    else if (name === 'stall') this.isStalled = true;
    else this.drain();
  }

  drain(): void {
    this.isStalled = this.isBlocked = false;
    this.subscription?.drained();
  }

  disconnect(): void {
    const { subscription } = this;
    this.subscription = undefined;
    subscription?.close();
  }

  reset(cause: ResetCause): void {
    if (cause !== this.greeting.reset) this.error = `reset ${cause} instead of ${this.greeting.reset}`;
    this.greeting = {};
    this.list = [];
    this.seq = this.log!.startSeq - 1;
    this.position = undefined;
  }

  continues(from: Position, epoch: string): void {
    const text = formatPosition(from.epoch, from.seq);
    if (text !== this.greeting.continues || epoch !== this.log!.epoch)
      this.error = `${text} continues as ${epoch} instead of ${this.greeting.continues}`;
    this.greeting = {};
    if (this.position) this.position = { epoch, seq: this.seq };
  }

  write(bytes: Buffer): boolean {
    const { reset, continues } = this.greeting;
    if (this.isBlocked) this.error = 'a write into a blocked sink';
    if (reset ?? continues) this.error = `nothing told: ${reset ?? continues}`;
    const lines = bytes.toString('latin1').split('\n').slice(0, -1);
    this.list.push(...lines);
    this.seq += lines.length;
    this.position = { epoch: this.log!.epoch, seq: this.seq };
    const expected = this.log!.lines.slice(this.seq - this.list.length, this.seq);
    if (this.list.join() !== expected.join())
      this.error = `${this.list.join()} instead of ${expected.join()}`;
    this.isBlocked = this.isStalled;
    this.wasBlocked ||= this.isStalled;
    return !this.isStalled;
  }

  end(reason: EndReason): void {
    this.subscription = undefined;
    this.hasEnded = true;
    if (reason === 'finished' && !this.list.at(-1)?.endsWith(' FINISHED'))
      this.error = `finished after ${this.list.at(-1)}`;
    if (reason === 'slow' && !this.wasBlocked) this.error = 'slow without a stall';
    if (reason === 'error') this.error = 'an unexpected error';
  }

  /** Says what is wrong. @param isFlushed every message must have arrived */
  problem(isFlushed: boolean): string | undefined {
    if (this.error || !isFlushed || !this.subscription || this.isBlocked) return this.error;
    const { lines } = this.log!;
    return this.seq === lines.length ? undefined : `${lines.slice(this.seq).join()} is missing`;
  }

  private join(channel: Channel, log: SmallScopeLog): void {
    const { position } = this;
    this.isStalled = this.isBlocked = this.wasBlocked = this.hasEnded = false;
    this.log = log;
    this.greeting = log.greet(position);
    if (!position) this.seq = 0;
    const subscription = channel.subscribe(this, position);
    // A finished channel ends the subscription at once.
    if (!this.hasEnded) this.subscription = subscription;
  }
}
