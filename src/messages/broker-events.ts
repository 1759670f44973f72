import type { PROGRESS, ProgressMessage } from './progress-message.js';

/** The name of the event that asks the process to exit. It is emitted only where `zeromq.remote_exit` allows it. */
export const EXIT_REQUESTED = 'exit-requested';

/** The events that the broker room emits: names and arguments. */
export interface BrokerEventMap {
  [PROGRESS]: [message: ProgressMessage];
  [EXIT_REQUESTED]: [];
}

/**
 * The typed view of the `EventEmitter2` that carries these events: `@Inject(EventEmitter2) events: BrokerEvents`. It is a
 * type only, because a wrapper would cost time for each message.
 */
export interface BrokerEvents {
  emit<Name extends keyof BrokerEventMap>(event: Name, ...args: BrokerEventMap[Name]): boolean;
  on<Name extends keyof BrokerEventMap>(event: Name, listener: BrokerListener<Name>): unknown;
  once<Name extends keyof BrokerEventMap>(event: Name, listener: BrokerListener<Name>): unknown;
  off<Name extends keyof BrokerEventMap>(event: Name, listener: BrokerListener<Name>): unknown;
}

type BrokerListener<Name extends keyof BrokerEventMap> = (...args: BrokerEventMap[Name]) => void;
