import type { EventLoop, SimulatedProcess } from './event-loop.js';
import { Pipe, type Piece, type PipeSettings } from './pipe.js';
import type { Random } from './random.js';
import { ServerSocket } from './server-socket.js';
import { NO_STAMP, type Stamp, type Truth } from './truth.js';

/** The client's side of a link. */
export interface ClientEnd {
  /** Bytes, the end or the loss of the connection have arrived. */
  arrive(piece: Piece): void;
}

/** The surroundings of a link. */
export interface LinkContext {
  readonly loop: EventLoop;
  readonly random: Random;
  readonly clients: SimulatedProcess;
  readonly daemon: SimulatedProcess;
  readonly settings: PipeSettings;
  /** Bytes that the kernels and proxies between server and client hold. */
  readonly window: number;
  /** The connection breaks within its bytes. */
  onBroken(): void;
  readonly truth: Truth;
}

/** One TCP connection between a client and the monitor. */
export class Link {
  readonly socket: ServerSocket;
  /** The monitor could not write at some time, because the client did not read. */
  wasFull = false;
  /** The network has lost one side of the connection. */
  isHalfOpen = false;
  /** The client notices when the monitor is silent, because this connection has heartbeats. */
  hasHeartbeats = true;
  /** The connection has ended on both sides. */
  over = false;
  private fullAt = Number.NEGATIVE_INFINITY;
  private readonly toClient: Pipe;
  private readonly toServer: Pipe;

  constructor(
    private readonly context: LinkContext,
    private readonly client: ClientEnd,
    highWaterMark: number,
  ) {
    const { loop, random, settings } = context;
    this.socket = new ServerSocket(this, highWaterMark);
    this.toClient = new Pipe(loop, random, settings, context.clients, (piece) => this.arriveAtClient(piece));
    const direct = { ...settings, collects: 0 };
    this.toServer = new Pipe(loop, random, direct, context.daemon, (piece) => this.socket.arrive(piece));
    this.toClient.onCut = () => {
      this.cut();
      context.onBroken();
    };
  }

  /** Whether the bytes in flight leave room for another write of the server. */
  get hasRoom(): boolean {
    const hasRoom = this.toClient.waiting <= this.context.window;
    if (!hasRoom) this.becomeFull();
    return hasRoom;
  }

  get stamp(): Stamp {
    return this.context.truth.stamp(this.fullAt);
  }

  sendToClient(bytes: Buffer, stamp: Stamp): void {
    this.toClient.send(bytes, stamp);
  }

  finishToClient(kind: 'end' | 'reset'): void {
    this.toClient.finish(kind, this.stamp);
  }

  sendToServer(bytes: Buffer): void {
    if (!this.over) this.toServer.send(bytes, NO_STAMP);
  }

  /** The client sends nothing more. */
  endToServer(): void {
    if (!this.over) this.toServer.finish('end', NO_STAMP);
  }

  /** The client leaves: the monitor sees a reset. */
  leave(): void {
    if (this.over) return;
    this.over = true;
    this.toClient.close();
    this.toServer.finish('reset', NO_STAMP);
  }

  /** The network ends the connection for both sides. Bytes on their way are lost. */
  cut(): void {
    if (this.over) return;
    this.over = true;
    this.toClient.close();
    this.toServer.close();
    const { loop, clients, daemon } = this.context;
    const piece: Piece = { kind: 'reset', bytes: Buffer.alloc(0), stamp: NO_STAMP };
    loop.input(clients, 0, () => this.client.arrive(piece));
    loop.input(daemon, 0, () => this.socket.arrive(piece));
  }

  /** The connection breaks after this many more bytes to the client. */
  cutAfter(bytes: number): void {
    this.toClient.cutAfter = bytes;
  }

  /** Nothing arrives in these directions any more; neither side is told. */
  stall(toClient: boolean, toServer: boolean): void {
    this.toClient.stalled ||= toClient;
    this.toServer.stalled ||= toServer;
    if (toClient) this.wasFull = true;
  }

  resume(): void {
    if (this.over || this.isHalfOpen) return;
    this.toClient.resume();
    this.toServer.resume();
  }

  /** The process of the monitor has died. Its kernel sends what it holds, and then a reset. */
  serverDied(): void {
    if (!this.over) this.finishToClient('reset');
  }

  private becomeFull(): void {
    this.wasFull = true;
    this.fullAt = this.context.loop.awake;
  }

  private arriveAtClient(piece: Piece): void {
    if (piece.kind === 'reset') this.over = true;
    this.client.arrive(piece);
    if (this.socket.isWaiting) this.becomeFull();
    if (this.hasRoom) this.context.loop.input(this.context.daemon, 0, () => this.socket.makeRoom());
  }
}
