import type { Channel } from '../../src/channels/channel.js';
import type { EndReason, ResetCause, Sink, Subscription } from '../../src/channels/sink.js';
import type { Encoder } from '../../src/messages/encoder.js';
import { parsePosition, type Position } from '../../src/messages/position.js';

/** A watcher that leaves and comes back with its position, and checks its list after each action. */
export class SmallScopeWatcher implements Sink {
  private list: string[] = [];
  private subscription: Subscription | undefined;
  private isStalled = false;
  /** The channel has written into a stalled sink, so it must wait. */
  private isBlocked = false;
  private wasBlocked = false;
  private hasEnded = false;
  private mustReset: ResetCause | undefined;
  private position: Position | undefined;
  private wasReset = false;
  private error: string | undefined;

  constructor(readonly encoder: Encoder) {}

  get actions(): ('join' | 'leave' | 'stall' | 'drain')[] {
    if (!this.subscription) return ['join'];
    return ['leave', this.isStalled ? 'drain' : 'stall'];
  }

  act(name: string, channel: Channel): void {
    if (name === 'join') this.join(channel);
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
    if (cause !== this.mustReset) this.error = `reset ${cause} instead of ${this.mustReset}`;
    this.mustReset = undefined;
    this.wasReset = true;
    this.list = [];
  }

  continues(): void {}

  write(bytes: Buffer): boolean {
    if (this.isBlocked) this.error = 'a write into a blocked sink';
    if (this.mustReset) this.error = `no reset ${this.mustReset}`;
    this.list.push(...bytes.toString('latin1').split('\n').slice(0, -1));
    this.position = parsePosition(this.list.at(-1)!.split(' ')[0]!);
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
  }

  /** Says what is wrong. @param all the lines of all entries; @param end the last entry, if it must have arrived */
  problem(all: readonly string[], end: string | undefined): string | undefined {
    if (this.error) return this.error;
    const { list } = this;
    const start = list.length > 0 ? all.indexOf(list[0]!) : 0;
    if (list.some((line, index) => line !== all[start + index])) return `${list.join(', ')} has a gap`;
    if (list.length > 0 && !this.wasReset && !list[0]!.includes('-1 ')) return `${list[0]} came first`;
    const mustBeComplete = end !== undefined && this.subscription && !this.isBlocked;
    return mustBeComplete && list.at(-1) !== end ? `${end} is missing` : undefined;
  }

  private join(channel: Channel): void {
    const { position } = this;
    const startSeq = channel.endSeq - channel.retained;
    this.isStalled = this.isBlocked = this.wasBlocked = this.hasEnded = false;
    this.mustReset = resetFor(position, channel, startSeq);
    const subscription = channel.subscribe(this, position);
    // A finished channel ends the subscription at once.
    if (!this.hasEnded) this.subscription = subscription;
  }
}

function resetFor(
  position: Position | undefined,
  channel: Channel,
  startSeq: number,
): ResetCause | undefined {
  if (!position) return startSeq > 1 ? 'trimmed' : undefined;
  if (position.epoch !== channel.epoch || position.seq >= channel.endSeq) return 'epoch';
  return position.seq + 1 < startSeq ? 'trimmed' : undefined;
}
