import {
  gapBetween,
  LONGEST_FLUSH,
  type SeenMessage,
  type Stamp,
  type Truth,
  type WireMessage,
} from './truth.js';
import { parsePosition, type Position } from '../../src/messages/position.js';
import type { Coverage } from './coverage.js';

/** What the first item of a stream must be: the first message, the message after the position, or a reset. */
type Expectation = 'start' | 'resume' | 'epoch';

/** The channel when a request arrives. */
export interface ServerState {
  readonly epoch: string;
  /** The number of the last message. */
  readonly seq: number;
  readonly predecessors: readonly Position[];
}

/** An item as JSON. */
type WireItem = WireMessage & {
  readonly reset?: string;
  readonly continues?: string;
  readonly epoch?: string;
};

/** Checks one connection to `/channels/<id>`: every byte that the monitor promises. */
export class StreamCheck {
  /** Called when an item has arrived, until the client closes the connection. */
  onItem: (item: string) => void = () => {};
  private expectation: Expectation = 'start';
  private serverSeq = 0;
  private acceptedAt = 0;
  private reset: string | undefined;
  private last: SeenMessage | undefined;
  /** The epoch from which the stream must be told to continue. */
  private continues: Position | undefined;
  private newEpoch: string | undefined;
  private events = '';

  /** @param after the position in the request */
  constructor(
    private readonly truth: Truth,
    private readonly coverage: Coverage,
    private readonly channel: string,
    private readonly after: string | undefined,
    private readonly link: { readonly wasFull: boolean },
  ) {}

  /** The request has arrived. @param server the channel at this moment */
  accepted(server: ServerState | undefined): void {
    this.acceptedAt = this.truth.count;
    this.serverSeq = server?.seq ?? 0;
    if (!server && this.truth.hasTaken(this.channel)) this.coverage.add('a removed channel is joined');
    if (this.after === undefined) {
      this.continues = server?.predecessors.at(-1);
      return;
    }
    const position = parsePosition(this.after);
    const predecessor = server?.predecessors.find(({ epoch }) => epoch === position?.epoch);
    const last = position && position.epoch === server?.epoch ? server.seq : predecessor?.seq;
    const isKnown = position && last !== undefined && position.seq <= last;
    this.expectation = isKnown ? 'resume' : 'epoch';
    if (isKnown) this.continues = predecessor;
  }

  /** A text frame has arrived: an item, or an array of items. @param isRead the client has not closed the connection */
  frame(text: string, stamp: Stamp, isRead: boolean): void {
    const items = JSON.parse(text) as WireItem | WireItem[];
    for (const item of Array.isArray(items) ? items : [items]) {
      this.item(item, stamp);
      if (isRead) this.onItem(nameOfItem(item));
    }
  }

  /** A part of an event stream has arrived. */
  text(text: string, stamp: Stamp): void {
    const events = (this.events + text).split('\n\n');
    this.events = events.pop()!;
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (event.startsWith('event: end'))
        this.closed(1000, (JSON.parse(data!) as { end: string }).end, stamp);
      else if (data !== undefined) {
        const item = JSON.parse(data) as WireItem;
        this.item(item, stamp);
        this.onItem(nameOfItem(item));
      }
    }
  }

  /** The monitor has closed the stream. */
  closed(code: number, reason: string, stamp: Stamp): void {
    this.coverage.add(`close ${code} ${reason}`.trim());
    const { channel, truth } = this;
    // A client can only be slow after something was written to it.
    if (reason === 'slow' && (!this.link.wasFull || !(this.last ?? this.reset)))
      truth.fail(`${channel}: closed as slow, but the client was never slow`);
    if (code === 1000 && reason === 'finished') this.checkFinished();
    if (code !== 1012 && reason !== 'idle') return;
    const entry = truth.lastEntry(channel, this.acceptedAt, stamp);
    if (entry && entry.name !== this.last?.name)
      truth.fail(`${channel}: closed with ${code} ${reason} before ${entry.name} was sent`);
    else if (this.expectation === 'start' && this.serverSeq > (this.last?.seq ?? 0))
      truth.fail(`${channel}: closed with ${code} ${reason} before the replay was sent`);
  }

  private item(item: WireItem, stamp: Stamp): void {
    if (item.reset) return this.takeReset(item.reset);
    if (item.continues) return this.takeContinuation(item.continues, item.epoch!);
    const next = this.truth.see(item, this.channel);
    if (!next) return;
    const problem = this.last ? gapBetween(this.last, next) : this.problemOfFirst(next);
    if (problem) this.truth.fail(`${this.channel}: on one connection ${problem}`);
    this.checkDelay(next, stamp);
    this.last = next;
  }

  // A message that comes after the request is written with the next flush.
  private checkDelay({ name, order, time }: SeenMessage, stamp: Stamp): void {
    const delay = stamp.time - time;
    if (order >= this.acceptedAt && delay > LONGEST_FLUSH && stamp.fullAt < time)
      this.truth.fail(`${name} waited ${Math.round(delay)} ms for its flush`);
  }

  private takeContinuation(from: string, epoch: string): void {
    this.coverage.add('a stream continues under another epoch');
    const { continues, channel } = this;
    if (this.last || this.reset || this.newEpoch) this.truth.fail(`${channel}: a continuation in the middle`);
    if (!continues || from !== `${continues.epoch}-${continues.seq}`)
      this.truth.fail(`${channel}: an unexpected continuation from ${from}`);
    this.newEpoch = epoch;
  }

  private takeReset(reason: string): void {
    this.coverage.add(`reset ${reason}`);
    if (this.reset || this.last) this.truth.fail(`${this.channel}: a reset in the middle of a stream`);
    if ((reason === 'epoch') !== (this.expectation === 'epoch'))
      this.truth.fail(`${this.channel}: reset ${reason} after a request for ${this.expectation}`);
    this.reset = reason;
  }

  private problemOfFirst(next: SeenMessage): string | undefined {
    const { reset, after = '', continues, newEpoch } = this;
    const position = parsePosition(after);
    if (continues && !reset && next.epoch !== newEpoch)
      return `no continuation from ${continues.epoch} was told`;
    switch (this.expectation) {
      case 'start':
        if (!reset && next.seq !== 1) return `a first visit began with number ${next.seq} without a reset`;
        return reset && next.seq === 1 ? 'a complete log was called trimmed' : undefined;
      case 'epoch':
        return reset ? undefined : `the unknown position ${after} was resumed`;
      case 'resume':
        if (reset) return next.seq > position!.seq + 1 ? undefined : `${after} was reset without need`;
        if (next.epoch !== (newEpoch ?? position!.epoch) || next.seq !== position!.seq + 1)
          return `${next.epoch}-${next.seq} came after position ${after}`;
        this.coverage.add('resume without reset');
        return this.orderAfter(after, next);
    }
  }

  private orderAfter(after: string, next: SeenMessage): string | undefined {
    const before = this.truth.byName(this.truth.nameOf(after));
    return !before || next.previous === before.name ? undefined : `${next.name} came after ${before.name}`;
  }

  private checkFinished(): void {
    const last = this.last ?? this.truth.byName(this.truth.nameOf(this.after ?? ''));
    // A position that nobody has seen yet, such as a forged one, has no name.
    if (last && last.command !== 'FINISHED')
      this.truth.fail(`${this.channel}: closed as finished after ${last.name} (${last.command})`);
  }
}

/** Identifies an item among the items of a watcher. */
export function nameOfItem({ id, reset, continues }: Partial<WireItem>): string {
  return id ?? `${reset ? 'reset' : 'continues'} ${reset ?? continues}`;
}
