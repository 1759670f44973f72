import type { ResetCause } from '../../channels/sink.js';
import { continuationJson } from '../../messages/continuation.js';
import type { Position } from '../../messages/position.js';
import { EMPTY_BATCH } from '../../messages/stream-batches.js';
import type { ConnectionKind } from '../connection-counters.js';
import { WebSocketConnection } from './websocket-connection.js';

/**
 * A client that speaks `recodex.v2`. Scripts of a page can't see pings. So a client that got no bytes during a
 * heartbeat interval gets an empty batch.
 */
export class BatchConnection extends WebSocketConnection {
  private wroteSinceBeat = false;

  override get kind(): ConnectionKind {
    return 'batch';
  }

  override write(bytes: Buffer): boolean {
    this.wroteSinceBeat = true;
    return super.write(bytes);
  }

  override reset(cause: ResetCause): void {
    this.wroteSinceBeat = true;
    this.webSocket.send(`[{"reset":"${cause}"}]`);
  }

  override continues(from: Position, epoch: string): void {
    this.wroteSinceBeat = true;
    this.webSocket.send(`[${continuationJson(from, epoch)}]`);
  }

  override beat(): void {
    const isSilent = !this.wroteSinceBeat && this.socket.writableLength === 0;
    this.wroteSinceBeat = false;
    // Sends the ping and the batch in one packet.
    this.socket.cork();
    super.beat();
    if (isSilent && this.writable) this.socket.write(EMPTY_BATCH);
    this.socket.uncork();
  }
}
