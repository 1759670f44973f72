import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { ChannelsService } from '../channels/channels.service.js';
import type { Position } from '../channels/position.js';
import type { Subscription } from '../channels/subscriber.js';
import type { CloseCode } from './close-codes.js';
import { WebSocketSink } from './websocket-sink.js';

/** One WebSocket client: it comes, perhaps names its channel first, watches it, and goes. */
export class Watcher {
  isLegacy = false;

  private subscription: Subscription | undefined;
  private patience: NodeJS.Timeout | undefined;

  constructor(
    private readonly client: WebSocket,
    private readonly socket: Socket,
    private readonly bufferBytes: number,
  ) {}

  /** Whether the channel id is still to come. */
  get expectsChannelId(): boolean {
    return this.patience !== undefined;
  }

  /** Waits for the channel id, for so many seconds. */
  expectChannelId(seconds: number, tooLate: CloseCode): void {
    this.isLegacy = true;
    this.patience = setTimeout(() => this.close(tooLate), seconds * 1000).unref();
  }

  /** Watches a channel from behind `position` on; see `ChannelsService.subscribe`. */
  watch(channels: ChannelsService, id: string, position?: Position | null): void {
    this.stopWaiting();
    const sink = new WebSocketSink(this.client, this.socket, this.isLegacy, this.bufferBytes);
    this.subscription = channels.subscribe(id, sink, position);
    sink.subscription = this.subscription;
  }

  close({ code, reason }: CloseCode): void {
    this.left();
    this.client.close(code, reason);
  }

  /** The client is gone, or as good as. */
  left(): void {
    this.stopWaiting();
    this.subscription?.close();
  }

  private stopWaiting(): void {
    clearTimeout(this.patience);
    this.patience = undefined;
  }
}
