import type { Router } from 'zeromq';
import { PeerCount } from './peer-count.js';
import type { RouterEvent } from './worker-protocol.js';

/**
 * Errors of a handshake with CURVE that mean another public key of the monitor. The peer encrypts with it from the first
 * command on.
 */
const SERVER_KEY_ERRORS = ['ERR_ZMTP_CRYPTOGRAPHIC', 'ERR_ZMTP_KEY_EXCHANGE'];

/** Posts the number of connected peers, and failed handshakes. The handler of ZAP reports the peers that it refuses. */
export function watchPeers(router: Router, post: (event: RouterEvent) => void, usesCurve: boolean): void {
  const count = new PeerCount();
  const { events } = router;
  const update = (change: () => void): void => {
    const before = count.peers;
    change();
    if (count.peers !== before) post({ kind: 'peers', peers: count.peers });
  };
  events.on('accept', () => count.accepted());
  events.on('handshake', () => update(() => count.handshakeCompleted()));
  events.on('disconnect', () => update(() => count.disconnected()));
  events.on('handshake:error:protocol', ({ error }) => {
    if (usesCurve && SERVER_KEY_ERRORS.includes(error.code))
      post({ kind: 'peer-refused', reason: 'server_key' });
    else if (usesCurve && error.code === 'ERR_ZMTP_MECHANISM_MISMATCH')
      post({ kind: 'peer-refused', reason: 'no_curve' });
    else post({ kind: 'handshake-failed', reason: error.message });
  });
  events.on('handshake:error:other', ({ error }) => {
    // A peer without CURVE notices the other mechanism, too. It often closes the connection first.
    if (usesCurve) post({ kind: 'peer-refused', reason: 'no_curve' });
    else post({ kind: 'handshake-failed', reason: error.message });
  });
}
