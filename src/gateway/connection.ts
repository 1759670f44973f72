import type { Socket } from 'node:net';
import type { ChannelsService } from '../channels/channels.service.js';
import type { EndReason, ResetCause, Sink, Subscription } from '../channels/sink.js';
import type { ClientSource } from '../http/addresses/client-source.js';
import type { Encoder } from '../messages/encoder.js';
import type { Position } from '../messages/position.js';
import { afterInput } from '../process/after-input.js';
import type { ClosableConnection } from './close-all.js';
import { ABNORMAL, CLOSE_CODES, type CloseCode } from './close-codes.js';
import type { ConnectionKind } from './connection-counters.js';

/**
 * The connection of a client that watches a channel: the sink of its subscription, on a TCP socket. Encoded messages
 * are written directly to the socket, many at a time: one system call (about 10 us) for many messages.
 *
 * A connection ends with `close` or `terminate`, then `onClosed`. Each step happens once, even if both sides close.
 */
export abstract class Connection implements Sink, ClosableConnection {
  abstract readonly kind: ConnectionKind;
  abstract readonly encoder: Encoder;
  /**
   * The code with which the monitor closed the connection. `undefined`: the connection is open, or the client closed
   * it.
   */
  closeCode: CloseCode | undefined;
  /** The channel that the client watches. `undefined`: none yet, or no longer. */
  channelId: string | undefined;
  clientAddress = '';
  clientSource: ClientSource = 'connection';
  private subscription: Subscription | undefined;
  private closedListener: ((connection: Connection) => void) | undefined;
  private deadline: NodeJS.Timeout | undefined;

  /** @param bufferBytes bytes that may wait in the socket before the connection is skipped until it drains */
  constructor(
    protected readonly socket: Socket,
    private readonly bufferBytes: number,
  ) {}

  abstract reset(cause: ResetCause): void;

  abstract continues(from: Position, epoch: string): void;

  /** Called once per heartbeat interval. Sends a heartbeat to the client, and detects a dead client. */
  abstract beat(): void;

  /** Whether messages can be written to the socket now. */
  protected abstract get writable(): boolean;

  /** Sends the code to the client and closes the connection gracefully, with a deadline. */
  protected abstract sendClose(code: CloseCode): void;

  /** Ends the connection at once. */
  protected abstract destroy(): void;

  /** Whether the client has every message of its channel. */
  get caughtUp(): boolean {
    return this.subscription?.caughtUp ?? true;
  }

  protected get subscribed(): boolean {
    return this.subscription !== undefined;
  }

  /** Subscribes to a channel; see `ChannelsService.subscribe`. */
  subscribe(channels: ChannelsService, channelId: string, position?: Position | null): void {
    this.channelId = channelId;
    this.subscription = channels.subscribe(channelId, this, position);
  }

  write(bytes: Buffer): boolean {
    if (!this.writable) return false;
    this.socket.write(bytes);
    // 'drain' only follows if the socket's own mark was passed, too.
    if (this.socket.writableLength < Math.max(this.bufferBytes, this.socket.writableHighWaterMark))
      return true;
    this.socket.once('drain', () => this.subscription?.drained());
    return false;
  }

  /** The channel ends the subscription. */
  end(reason: EndReason): void {
    this.close(CLOSE_CODES[reason]);
  }

  /** Closes the connection gracefully. Does nothing if the connection is closing already. */
  close(code: CloseCode): void {
    if (this.closeCode) return;
    this.closeCode = code;
    this.unsubscribe();
    this.sendClose(code);
  }

  /**
   * Closes the connection gracefully at `time`, in milliseconds of `performance.now`. A later call replaces the time.
   */
  closeAt(time: number, code: CloseCode): void {
    this.cancelDeadline();
    // Input that arrived before `time` may still be unread.
    const close = (): void => {
      if (this.deadline) this.close(code);
    };
    this.deadline = setTimeout(() => afterInput(close), time - performance.now()).unref();
  }

  /** Ends the connection at once, even while it is closing. */
  terminate(): void {
    this.closeCode ??= ABNORMAL;
    this.unsubscribe();
    this.destroy();
  }

  /** Calls `listener` once, when the socket has closed. There is one listener: the registry. */
  onClosed(listener: (connection: Connection) => void): void {
    this.closedListener = listener;
  }

  /** Called by the transport when the socket has closed. Either side may have closed it. */
  handleClosed(): void {
    this.unsubscribe();
    const listener = this.closedListener;
    this.closedListener = undefined;
    listener?.(this);
  }

  protected cancelDeadline(): void {
    clearTimeout(this.deadline);
    this.deadline = undefined;
  }

  private unsubscribe(): void {
    this.cancelDeadline();
    this.channelId = undefined;
    this.subscription?.close();
  }
}
