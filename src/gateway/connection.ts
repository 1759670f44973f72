import type { Socket } from 'node:net';
import type { ChannelsService } from '../channels/channels.service.js';
import type { EndReason, ResetCause, Sink, Subscription } from '../channels/sink.js';
import type { Encoder } from '../messages/encoder.js';
import type { Position } from '../messages/position.js';
import type { Closable } from './close-all.js';
import type { CloseCode } from './close-codes.js';

/**
 * A client that watches a channel: the sink of its subscription, on a TCP socket. Messages come encoded and many at a
 * time, and go straight to the socket: one system call instead of one for each message, about 10 us each.
 */
export abstract class Connection implements Sink, Closable {
  abstract readonly encoder: Encoder;
  private subscription: Subscription | undefined;

  /** @param bufferBytes what may wait in the socket before the watcher is skipped until it drains */
  constructor(
    protected readonly socket: Socket,
    private readonly bufferBytes: number,
  ) {}

  abstract reset(cause: ResetCause): void;
  abstract close(ending: EndReason): void;

  /** Closes the client for a reason that is not the channel's. */
  abstract dismiss(code: CloseCode): void;

  abstract terminate(): void;

  /** Called once an interval, to tell that the line is alive and to learn whether it is. */
  abstract beat(): void;

  get caughtUp(): boolean {
    return this.subscription?.caughtUp ?? true;
  }

  /** Whether messages may be written to the socket now. */
  protected abstract get open(): boolean;

  write(bytes: Buffer): boolean {
    if (!this.open) return false;
    this.socket.write(bytes);
    // 'drain' only follows when the socket's own mark was passed, too.
    if (this.socket.writableLength < Math.max(this.bufferBytes, this.socket.writableHighWaterMark))
      return true;
    this.socket.once('drain', () => this.subscription?.drained());
    return false;
  }

  /** Watches a channel from behind `position` on; see `ChannelsService.subscribe`. */
  watch(channels: ChannelsService, id: string, position?: Position | null): void {
    this.subscription = channels.subscribe(id, this, position);
  }

  /** The client is gone, or as good as. */
  left(): void {
    this.subscription?.close();
  }
}
