import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { afterInput } from '../../process/after-input.js';
import type { ChannelsService } from '../../channels/channels.service.js';
import type { EndReason, ResetCause } from '../../channels/sink.js';
import type { Encoder } from '../../messages/encoder.js';
import { legacyFrames } from '../../messages/legacy-frames.js';
import type { Position } from '../../messages/position.js';
import type { Settings } from '../../config/settings.js';
import { CLOSE_CODES, LEGACY_FINISHED, NO_CHANNEL_ID, type CloseCode } from '../close-codes.js';
import { FrameBudget, isShortFrame } from './frame-budget.js';
import { inputFilter } from './input-filter.js';
import { Connection } from '../connection.js';

type WebSocketLimits = Pick<Settings['limits'], 'client_frames' | 'socket_buffer_bytes'>;

/**
 * A WebSocket client. Whole frames are written past `ws`, only while the WebSocket is open; control frames go through
 * `ws`. A legacy client names its channel first, and never sees a byte that the original would not have sent.
 */
export class WebSocketConnection extends Connection {
  private static readonly byClient = new WeakMap<WebSocket, WebSocketConnection>();
  private patience: NodeJS.Timeout | undefined;
  private unanswered = false;
  /** Frames since the last heartbeat, until `budget` counts them. */
  private frames = 0;
  // Most clients send short frames only, and need none: 80 bytes a client.
  private budget: FrameBudget | undefined;

  /** @param encoder `legacyFrames` for a legacy client */
  constructor(
    protected readonly client: WebSocket,
    socket: Socket,
    readonly encoder: Encoder,
    private readonly limits: WebSocketLimits,
  ) {
    super(socket, limits.socket_buffer_bytes);
    WebSocketConnection.byClient.set(client, this);
    client.on('pong', hearPong);
    filterInput(socket, this);
  }

  static of(client: WebSocket): WebSocketConnection | undefined {
    return WebSocketConnection.byClient.get(client);
  }

  /**
   * Judges what the client sends before `ws` sees it. A client above `limits.client_frames` is terminated: after a
   * polite close `ws` goes on parsing until the client answers it.
   */
  accept(bytes: Buffer): boolean {
    if (this.takeFrames(bytes)) return true;
    this.client.terminate();
    return false;
  }

  /** The client has answered a ping. */
  answered(): void {
    this.unanswered = false;
  }

  get legacy(): boolean {
    return this.encoder === legacyFrames;
  }

  /** Whether the channel id is still to come. */
  get expectsChannelId(): boolean {
    return this.patience !== undefined;
  }

  /** Waits for the channel id, for so many seconds. */
  expectChannelId(seconds: number): void {
    const giveUp = (): void => {
      if (this.expectsChannelId) this.dismiss(NO_CHANNEL_ID);
    };
    this.patience = setTimeout(() => afterInput(giveUp), seconds * 1000).unref();
  }

  override watch(channels: ChannelsService, id: string, position?: Position | null): void {
    this.stopWaiting();
    super.watch(channels, id, position);
  }

  override left(): void {
    this.stopWaiting();
    super.left();
  }

  reset(cause: ResetCause): void {
    if (!this.legacy) this.client.send(`{"reset":"${cause}"}`);
  }

  close(ending: EndReason): void {
    this.dismiss(this.legacy && ending === 'finished' ? LEGACY_FINISHED : CLOSE_CODES[ending]);
  }

  dismiss({ code, reason }: CloseCode): void {
    this.left();
    this.client.close(code, reason);
  }

  terminate(): void {
    this.left();
    this.client.terminate();
  }

  beat(): void {
    this.frames = 0;
    if (this.budget?.renew() === false) return this.client.terminate();
    // What waits in the socket stands before the ping; whether it moves at all is for `limits.lag` to judge. A client
    // that has ended its side gets what waits within an interval or not at all.
    if (this.open && this.client.bufferedAmount > 0) return;
    if (this.unanswered) return this.client.terminate();
    this.unanswered = true;
    if (this.open) this.client.ping();
  }

  protected get open(): boolean {
    return this.client.readyState === WebSocket.OPEN;
  }

  private takeFrames(bytes: Buffer): boolean {
    const limit = this.limits.client_frames;
    if (!this.budget && isShortFrame(bytes)) return ++this.frames <= limit;
    this.budget ??= new FrameBudget(this.frames);
    return this.budget.take(bytes, limit);
  }

  private stopWaiting(): void {
    clearTimeout(this.patience);
    this.patience = undefined;
  }
}

const filterInput = inputFilter<WebSocketConnection>((watcher, bytes) => watcher.accept(bytes));

// One for all, since a closure for each client would take 100 bytes of memory.
function hearPong(this: WebSocket): void {
  WebSocketConnection.of(this)?.answered();
}
