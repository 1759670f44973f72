import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { ResetCause } from '../../channels/sink.js';
import { chargeInput } from '../../http/addresses/address-lease.js';
import { continuationJson } from '../../messages/continuation.js';
import type { Encoder } from '../../messages/encoder.js';
import type { Position } from '../../messages/position.js';
import { TEXT_ONLY, type CloseCode } from '../close-codes.js';
import type { ConnectionKind } from '../connection-counters.js';
import { Connection } from '../connection.js';
import { FrameBudget, isShortFrame } from './frame-budget.js';
import { inputFilter } from './input-filter.js';

/** The keys of `limits` that apply to a WebSocket client. */
export interface WebSocketLimits {
  /** Frames that a client may send within one heartbeat interval. */
  readonly client_frames: number;
  readonly socket_buffer_bytes: number;
}

/**
 * A WebSocket client of a stream. Messages bypass `ws`: they are written to the socket as whole frames, and only while
 * the WebSocket is open. Control frames go through `ws`.
 */
export class WebSocketConnection extends Connection {
  private static readonly bySocket = new WeakMap<WebSocket, WebSocketConnection>();
  private pingUnanswered = false;
  /** Frames since the last heartbeat, until `budget` counts them. */
  private frames = 0;
  // Created when needed. Most clients send short frames only and need no budget, which saves 80 bytes per client.
  private budget: FrameBudget | undefined;

  constructor(
    protected readonly webSocket: WebSocket,
    socket: Socket,
    readonly encoder: Encoder,
    private readonly limits: WebSocketLimits,
  ) {
    super(socket, limits.socket_buffer_bytes);
    WebSocketConnection.bySocket.set(webSocket, this);
    webSocket.on('pong', handlePong);
    filterInput(socket, this);
  }

  static of(webSocket: WebSocket): WebSocketConnection | undefined {
    return WebSocketConnection.bySocket.get(webSocket);
  }

  /**
   * Counts the frames in received bytes before `ws` parses them. A client above `limits.client_frames` is terminated:
   * after a graceful close `ws` would continue to parse frames until the client answers.
   */
  accept(bytes: Buffer): boolean {
    chargeInput(this.socket, bytes.length);
    if (this.countFrames(bytes)) return true;
    this.terminate();
    return false;
  }

  get kind(): ConnectionKind {
    return 'websocket';
  }

  /** The client has answered a ping. */
  handlePong(): void {
    this.pingUnanswered = false;
  }

  /** Handles a message of the client. A stream expects no messages and ignores text. */
  receive(_data: Buffer, binary: boolean): void {
    if (binary) this.close(TEXT_ONLY);
  }

  reset(cause: ResetCause): void {
    this.webSocket.send(`{"reset":"${cause}"}`);
  }

  continues(from: Position, epoch: string): void {
    this.webSocket.send(continuationJson(from, epoch));
  }

  beat(): void {
    this.frames = 0;
    if (this.budget?.renew() === false) return this.terminate();
    // A ping would wait behind the bytes in the socket; `limits.lag` closes a client that does not take these bytes. A
    // client that has ended its side must take them within one interval.
    if (this.writable && this.webSocket.bufferedAmount > 0) return;
    if (this.pingUnanswered) return this.terminate();
    this.pingUnanswered = true;
    if (this.writable) this.webSocket.ping();
  }

  protected get writable(): boolean {
    return this.webSocket.readyState === WebSocket.OPEN;
  }

  protected sendClose({ code, reason }: CloseCode): void {
    this.webSocket.close(code, reason);
  }

  protected destroy(): void {
    this.webSocket.terminate();
  }

  private countFrames(bytes: Buffer): boolean {
    const limit = this.limits.client_frames;
    if (!this.budget && isShortFrame(bytes)) return ++this.frames <= limit;
    this.budget ??= new FrameBudget(this.frames);
    return this.budget.take(bytes, limit);
  }
}

const filterInput = inputFilter<WebSocketConnection>((connection, bytes) => connection.accept(bytes));

// One function for all connections: a closure for each would take 100 bytes.
function handlePong(this: WebSocket): void {
  WebSocketConnection.of(this)?.handlePong();
}
