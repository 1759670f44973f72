import { formatPosition, type Position } from '../../src/messages/position.js';
import type { ResetCause } from '../../src/channels/sink.js';

/** What a client is told before the first message. */
export interface Greeting {
  readonly reset?: ResetCause;
  /** The position from which the log continues. */
  readonly continues?: string;
}

/** What is expected of a log: every message since the first one, and where clients may continue. */
export class SmallScopeLog {
  /** The oldest retained message. */
  startSeq = 1;
  /** The content of each message. The first one has the number 1. */
  readonly lines: string[];

  constructor(
    readonly epoch: string,
    lines: readonly string[] = [],
    readonly predecessors: readonly Position[] = [],
  ) {
    this.lines = [...lines];
  }

  get finished(): boolean {
    return this.lines.at(-1)?.endsWith(' FINISHED') ?? false;
  }

  get retained(): number {
    return this.lines.length - this.startSeq + 1;
  }

  /** The log with the messages that it has now. */
  copy(): SmallScopeLog {
    const copy = new SmallScopeLog(this.epoch, this.lines, this.predecessors);
    copy.startSeq = this.startSeq;
    return copy;
  }

  /** The log after a crash. */
  continueAs(epoch: string): SmallScopeLog {
    const predecessor = { epoch: this.epoch, seq: this.lines.length };
    return new SmallScopeLog(epoch, this.lines, [...this.predecessors, predecessor]);
  }

  /** What a client with this position is told. */
  greet(position: Position | undefined): Greeting {
    if (!position) {
      if (this.startSeq > 1) return { reset: 'trimmed' };
      return continuation(this.predecessors.at(-1));
    }
    const predecessor = this.predecessors.find(({ epoch }) => epoch === position.epoch);
    const lastSeq = position.epoch === this.epoch ? this.lines.length : predecessor?.seq;
    if (lastSeq === undefined || position.seq > lastSeq) return { reset: 'epoch' };
    if (position.seq + 1 < this.startSeq) return { reset: 'trimmed' };
    return continuation(predecessor);
  }
}

function continuation(from: Position | undefined): Greeting {
  return from ? { continues: formatPosition(from.epoch, from.seq) } : {};
}
