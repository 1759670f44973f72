import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { Encoding, ResetReason } from '../channels/log.js';
import { record } from '../channels/record.js';
import type { Ending, Sink, Subscription } from '../channels/subscriber.js';
import { CLOSE_CODES, LEGACY_FINISHED } from './close-codes.js';
import { streamJson } from './stream-json.js';

/** The stream's messages as WebSocket text frames. */
const STREAM_FRAMES: Encoding = (json, id, time) => record(streamJson(json, id, time));

/**
 * A WebSocket as a sink. Frames come encoded and many at a time, and go past `ws` straight to its socket: one system
 * call instead of one for each message, about 10 us each. Only whole frames are written, only while the WebSocket is
 * open; control frames still go through `ws`.
 */
export class WebSocketSink implements Sink {
  readonly encoding: Encoding | null;
  /** Set by the owner as soon as it has it. */
  subscription: Subscription | undefined;

  constructor(
    private readonly client: WebSocket,
    private readonly socket: Socket,
    private readonly legacy: boolean,
    private readonly bufferBytes: number,
  ) {
    this.encoding = legacy ? null : STREAM_FRAMES;
  }

  reset(reason: ResetReason): void {
    // A legacy client never sees a byte that the original would not have sent.
    if (!this.legacy) this.client.send(`{"reset":"${reason}"}`);
  }

  write(bytes: Buffer): boolean {
    if (this.client.readyState !== WebSocket.OPEN) return false;
    this.socket.write(bytes);
    // 'drain' only follows when the socket's own mark was passed, too.
    if (this.socket.writableLength < Math.max(this.bufferBytes, this.socket.writableHighWaterMark))
      return true;
    this.socket.once('drain', () => this.subscription?.drained());
    return false;
  }

  close(ending: Ending): void {
    const { code, reason } = this.legacy && ending === 'finished' ? LEGACY_FINISHED : CLOSE_CODES[ending];
    this.client.close(code, reason);
  }
}
