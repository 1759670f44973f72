import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { ChannelsService } from '../../channels/channels.service.js';
import type { EndReason } from '../../channels/sink.js';
import { isChannelId } from '../../http/route.js';
import { legacyFrames } from '../../messages/legacy-frames.js';
import { encodeTextFrame } from '../../messages/text-frame.js';
import { CHANNEL_ID, LEGACY_FINISHED, NO_CHANNEL_ID, TEXT_ONLY } from '../close-codes.js';
import type { ConnectionKind } from '../connection-counters.js';
import { WebSocketConnection, type WebSocketLimits } from './websocket-connection.js';

/** `FINISHED` as the original writes it. */
const FINISHED_FRAME = Buffer.from(encodeTextFrame('{"command": "FINISHED"}'), 'latin1');

/** The keys of `limits` that apply to a legacy client. */
export interface LegacyLimits extends WebSocketLimits {
  readonly channel_id_bytes: number;
  /** Seconds. */
  readonly subscribe_timeout: number;
}

/**
 * A client of the original protocol: its first message is the channel id. The client gets exactly the bytes that the
 * original would send, except for `FINISHED` with `legacy.farewell`.
 */
export class LegacyConnection extends WebSocketConnection {
  /** @param settings `farewell`: see `legacy.farewell` */
  constructor(
    webSocket: WebSocket,
    socket: Socket,
    private readonly channels: ChannelsService,
    private readonly legacyLimits: LegacyLimits,
    private readonly settings: { readonly farewell: boolean },
  ) {
    super(webSocket, socket, legacyFrames, legacyLimits);
    this.closeAt(performance.now() + legacyLimits.subscribe_timeout * 1000, NO_CHANNEL_ID);
  }

  override get kind(): ConnectionKind {
    return 'legacy';
  }

  /** Whether the channel ends the stream of a failed job that never sends FINISHED. */
  get endsAfterFailure(): boolean {
    return this.settings.farewell;
  }

  override receive(data: Buffer, binary: boolean): void {
    if (this.subscribed || this.closeCode) return;
    const channelId = data.toString();
    if (binary) return this.close(TEXT_ONLY);
    if (!isChannelId(channelId, this.legacyLimits.channel_id_bytes)) return this.close(CHANNEL_ID);
    this.cancelDeadline();
    this.subscribe(this.channels, channelId);
  }

  // The original has no resets. A list that starts over needs a connection that starts over.
  override reset(): void {
    if (this.subscribed) this.end('slow');
  }

  override continues(): void {}

  // For the original's front end, only FINISHED ends the stream. After any other close the client reconnects.
  override end(reason: EndReason): void {
    const isFinal = reason === 'failed' || reason === 'idle';
    if (reason !== 'finished' && !(isFinal && this.settings.farewell)) return super.end(reason);
    if (isFinal && this.writable) this.socket.write(FINISHED_FRAME);
    this.close(LEGACY_FINISHED);
  }
}
