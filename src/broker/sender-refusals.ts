import type { Logger } from '@nestjs/common';
import type { BrokerCounters } from './broker-counters.js';
import { PEER_REFUSALS, type PeerRefusal } from './peer-gate.js';
import type { QuotaReason } from './validate.js';
import type { RefusedPeer } from './zap-handler.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';

const HINTS: Readonly<Record<PeerRefusal, string>> = {
  address: 'zeromq.allow does not contain this address',
  key: 'the file of zeromq.curve.clients does not contain this key',
  no_curve: 'the peer has no CURVE, or is no ZeroMQ peer',
  server_key: 'the peer has another public key of this monitor',
  malformed: 'the question of libzmq about this peer is not ZAP 1.0',
};

/** Counts refused peers, and logs refused peers and rejected senders: each reason at most every ten seconds. */
export class SenderRefusals {
  private readonly peerWarnings: Readonly<Record<PeerRefusal, ThrottledWarning>>;
  private readonly quotaWarning: ThrottledWarning;

  constructor(
    logger: Logger,
    private readonly counters: BrokerCounters,
  ) {
    this.peerWarnings = Object.fromEntries(
      PEER_REFUSALS.map((reason) => [reason, new ThrottledWarning(logger, 'Refused a peer on zeromq_uri')]),
    ) as Record<PeerRefusal, ThrottledWarning>;
    this.quotaWarning = new ThrottledWarning(logger, 'Rejected messages of a sender above zeromq.quotas');
  }

  peerRefused(reason: PeerRefusal, { address, key }: RefusedPeer): void {
    this.counters.refusedPeers[reason]++;
    this.peerWarnings[reason].warn({
      reason,
      ...(address === undefined ? {} : { address }),
      ...(key === undefined ? {} : { key }),
      hint: HINTS[reason],
    });
  }

  /** `BrokerService` counts the messages. */
  overQuota(reason: QuotaReason, sender: string): void {
    this.quotaWarning.warn({ reason, sender });
  }
}
