import type { PROGRESS, ProgressMessage } from './progress-message.js';

/** The name of the event that asks the process to exit. It is emitted only if `zeromq.remote_exit` is true. */
export const EXIT_REQUESTED = 'exit-requested';

/** The name of the event that another process takes the messages: this one must end. */
export const LEASE_LOST = 'lease-lost';

/** The names and arguments of the events that producers of messages emit. */
export interface BrokerEventMap {
  /** `receivedAt` is the time of the receipt, in ms on the clock of `performance.now`. */
  [PROGRESS]: [message: ProgressMessage, receivedAt: number];
  [EXIT_REQUESTED]: [];
  [LEASE_LOST]: [];
}

/**
 * The typed view of the `EventEmitter2` that carries these events: `@Inject(EventEmitter2) events: BrokerEvents`. The
 * view is only a type: a wrapper object would cost time for each message.
 */
export interface BrokerEvents {
  emit<Name extends keyof BrokerEventMap>(event: Name, ...args: BrokerEventMap[Name]): boolean;
  on<Name extends keyof BrokerEventMap>(event: Name, listener: BrokerListener<Name>): unknown;
  once<Name extends keyof BrokerEventMap>(event: Name, listener: BrokerListener<Name>): unknown;
  off<Name extends keyof BrokerEventMap>(event: Name, listener: BrokerListener<Name>): unknown;
}

type BrokerListener<Name extends keyof BrokerEventMap> = (...args: BrokerEventMap[Name]) => void;
