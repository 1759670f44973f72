import { Injectable } from '@nestjs/common';
import { REJECT_REASONS, type RejectReason } from './validate.js';

/** Counts since the start of the process. Other rooms only read them, through `BrokerService.counters`. */
@Injectable()
export class BrokerCounters {
  /** Messages received, with the rejected ones and the exit requests. */
  received = 0;
  /** Invalid messages by reason. */
  readonly rejected = Object.fromEntries(REJECT_REASONS.map((reason) => [reason, 0])) as Record<
    RejectReason,
    number
  >;
  /** Exit requests that `zeromq.remote_exit` did not allow. */
  exitRequestsIgnored = 0;
  /** Worker threads started in the place of a broken one. */
  workerRestarts = 0;
  /** Connections of brokers, with those that have ended. */
  peersConnected = 0;
}
