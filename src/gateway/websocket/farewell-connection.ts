import { encodeTextFrame } from '../../messages/text-frame.js';
import type { EndReason } from '../../channels/sink.js';
import { LEGACY_FINISHED } from '../close-codes.js';
import { WebSocketConnection } from './websocket-connection.js';

/** `FINISHED` as the original writes it. */
const FAREWELL = Buffer.from(encodeTextFrame('{"command": "FINISHED"}'), 'latin1');

/**
 * A legacy client with `legacy.farewell`. Its front end knows no other end than FINISHED, so it gets this message before
 * its stream ends for good without it. After all other endings the client is expected back.
 */
export class FarewellConnection extends WebSocketConnection {
  get endsAfterFailure(): boolean {
    return true;
  }

  override close(ending: EndReason): void {
    if (ending !== 'failed' && ending !== 'idle') return super.close(ending);
    if (this.open) this.socket.write(FAREWELL);
    this.dismiss(LEGACY_FINISHED);
  }
}
