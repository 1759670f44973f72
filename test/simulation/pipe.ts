import type { EventLoop, SimulatedProcess } from './event-loop.js';
import type { Random } from './random.js';
import type { Stamp } from './truth.js';

/** A part of what one side of a link sends to the other. */
export interface Piece {
  /** `end`: the sender sends nothing more. `reset`: the connection is gone. */
  readonly kind: 'bytes' | 'end' | 'reset';
  readonly bytes: Buffer;
  readonly stamp: Stamp;
}

/** How a network treats the bytes of one direction. */
export interface PipeSettings {
  /** Milliseconds: the longest time of a piece on its way. */
  readonly latency: number;
  /** The probability that a write arrives in several pieces. */
  readonly splits: number;
  /** A proxy holds bytes until it has this many, or for `hold` milliseconds. */
  readonly collects: number;
  readonly hold: number;
}

const NOTHING = Buffer.alloc(0);

/** One direction of a link. Loses nothing, as TCP; delays, splits, collects and stalls. */
export class Pipe {
  /** Nothing arrives until `resume`. */
  stalled = false;
  /** Bytes that were sent and have not arrived. */
  waiting = 0;
  /** The connection breaks after this many more bytes. */
  cutAfter = Number.POSITIVE_INFINITY;
  onCut = (): void => {};

  private queue: Piece[] = [];
  private arrived = 0;
  private arrivedBytes = 0;
  private lastDue = 0;
  private releases = false;

  constructor(
    private readonly loop: EventLoop,
    private readonly random: Random,
    private readonly settings: PipeSettings,
    private readonly receiver: SimulatedProcess,
    private readonly deliver: (piece: Piece) => void,
  ) {}

  send(bytes: Buffer, stamp: Stamp): void {
    let rest = bytes;
    while (rest.length > 1 && this.random.chance(this.settings.splits)) {
      const at = this.random.int(1, rest.length - 1);
      this.push({ kind: 'bytes', bytes: rest.subarray(0, at), stamp });
      rest = rest.subarray(at);
    }
    this.push({ kind: 'bytes', bytes: rest, stamp });
  }

  finish(kind: 'end' | 'reset', stamp: Stamp): void {
    this.push({ kind, bytes: NOTHING, stamp });
  }

  resume(): void {
    this.stalled = false;
    this.loop.input(this.receiver, 0, () => this.release());
  }

  /** Drops everything that is on its way. */
  close(): void {
    this.queue = [];
    this.arrived = this.waiting = 0;
    this.stalled = true;
  }

  private push(piece: Piece): void {
    this.queue.push(piece);
    this.waiting += piece.bytes.length;
    const { loop } = this;
    this.lastDue = Math.max(this.lastDue, loop.now + this.random.next() * this.settings.latency);
    loop.input(this.receiver, this.lastDue - loop.now, () => this.arrive(piece));
  }

  private arrive(piece: Piece): void {
    this.arrived++;
    this.arrivedBytes += piece.bytes.length;
    if (this.arrivedBytes >= this.settings.collects || piece.kind !== 'bytes') this.release();
    else if (!this.releases) {
      this.releases = true;
      this.loop.input(this.receiver, this.settings.hold, () => {
        this.releases = false;
        this.release();
      });
    }
  }

  private release(): void {
    while (!this.stalled && this.arrived > 0 && this.queue.length > 0) {
      const piece = this.queue.shift()!;
      const { length } = piece.bytes;
      this.arrived--;
      this.arrivedBytes -= length;
      this.waiting -= length;
      if (length <= this.cutAfter) {
        this.cutAfter -= length;
        this.deliver(piece);
        continue;
      }
      this.deliver({ ...piece, bytes: piece.bytes.subarray(0, this.cutAfter) });
      this.onCut();
    }
  }
}
