import { Injectable } from '@nestjs/common';
import { PEER_REFUSALS, type PeerRefusal } from './peer-gate.js';
import { REJECT_REASONS, type RejectReason } from './validate.js';

/** Counters since the start of the process. Only `src/broker` writes them; `BrokerService.counters` is for reading. */
@Injectable()
export class BrokerCounters {
  /** Received messages, including rejected messages and exit requests. */
  received = 0;
  /** Invalid messages by reason. */
  readonly rejected = Object.fromEntries(REJECT_REASONS.map((reason) => [reason, 0])) as Record<
    RejectReason,
    number
  >;
  /** Exit requests that were ignored, because `zeromq.remote_exit` is false. */
  exitRequestsIgnored = 0;
  /** Worker threads started to replace a broken thread. */
  workerRestarts = 0;
  /** Connections of brokers, including ended connections. */
  peersConnected = 0;
  /** Connections that were refused before the peer could send a message, by reason. */
  readonly refusedPeers = Object.fromEntries(PEER_REFUSALS.map((reason) => [reason, 0])) as Record<
    PeerRefusal,
    number
  >;
  /** Failed attempts to read the file of `zeromq.curve.clients` again. */
  clientsReadFailures = 0;
}
