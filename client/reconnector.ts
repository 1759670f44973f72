import type { ConnectionOutcome, End, LostReason } from './end.js';
import type { Item, StreamMessage } from './item.js';
import type { Liveness } from './liveness.js';
import type { StreamParts } from './stream-parts.js';
import type { StreamView } from './stream-view.js';
import type { ConnectionSource } from './transport.js';
import { TRANSITIONS, type ConnectionEvent } from './transitions.js';

/** Connects and reconnects until the stream ends, by the table of transitions. */
export interface Reconnector {
  /** Starts the first attempt. */
  connect(): void;
  /** Ends the stream: closes the connection, and releases all timers and listeners. */
  end(end: End): void;
}

interface ReconnectorOptions {
  readonly load: () => Promise<StreamParts>;
  readonly random?: () => number;
  /** Returns whether the item is a new message. Throws if the item can't follow the position. */
  readonly accept: (item: Item) => boolean;
  /** The view has another state. */
  readonly onState: () => void;
}

/** Milliseconds: the longest first delay. It doubles with each failure, up to `LONGEST_DELAY`. */
const FIRST_DELAY = 1000;
const LONGEST_DELAY = 30_000;
/** Milliseconds after which a connection counts as a success, even without a message. */
const STABLE = 10_000;

/**
 * Each attempt requests the detection of dead connections, until it is there. No connection waits for it.
 * @param view the state is changed here only
 */
export function createReconnector(
  view: StreamView,
  source: ConnectionSource,
  { random, accept, onState, load }: ReconnectorOptions,
): Reconnector {
  let hasHeartbeats = false;
  let liveness: Liveness | undefined;
  /** Failed connections in a row. */
  let failures = 0;
  /** The last item of the connection is the message FINISHED. */
  let finished = false;
  /** Ends the connection or the delay of the current state. */
  let release = (): void => {};

  /** @param enter starts what belongs to the next state, and reports that state */
  function handle(event: ConnectionEvent, enter: () => void): void {
    const next = TRANSITIONS[view.state][event];
    if (!next) return;
    view.state = next;
    view.retryAt = undefined;
    if (next !== 'live') release();
    enter();
  }

  function report(): void {
    liveness?.enter(view, hasHeartbeats);
    onState();
  }

  function end(reason: End): void {
    handle('ended', () => {
      view.end = reason;
      report();
    });
  }

  /** Ends or replaces the connection, or the delay before the next one. */
  function lose(outcome: ConnectionOutcome): void {
    // After FINISHED, only the close is missing. Don't reconnect to get the close: the server may have removed the channel.
    const reason: ConnectionOutcome = finished ? { reason: 'finished' } : outcome;
    if (typeof reason === 'object') end(reason);
    else if (reason === 'woken') {
      if (view.state !== 'waiting') view.lostReason = reason;
      handle(reason, connect);
    } else handle('lost', () => wait(reason));
  }

  function connect(): void {
    const controller = new AbortController();
    const { signal } = controller;
    let liveSince = Number.POSITIVE_INFINITY;
    finished = false;
    release = () => {
      controller.abort();
      if (performance.now() - liveSince >= STABLE) failures = 0;
    };
    const onOpen = (sendsHeartbeats: boolean): void =>
      handle('opened', () => {
        liveSince = performance.now();
        view.heardAt = Date.now();
        view.lostReason = undefined;
        hasHeartbeats = sendsHeartbeats;
        report();
      });
    const onActivity = (heartbeatOnly: boolean): void => {
      liveness?.activity(heartbeatOnly);
      view.heardAt = Date.now();
    };
    const onItem = (item: Item): void => {
      if (signal.aborted || !accept(item)) return;
      failures = 0;
      finished = (item as StreamMessage).command === 'FINISHED';
    };
    report();
    void source(() => view.position, { onOpen, onActivity, onItem }, signal).then(
      (outcome) => signal.aborted || lose(outcome),
    );
    load().then(watchConnection, () => {});
  }

  // Full jitter: clients that lost their connections together must not reconnect together.
  function wait(reason: LostReason): void {
    const delay = (random ?? Math.random)() * Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** failures++);
    const timer = setTimeout(() => handle('due', connect), delay);
    release = () => clearTimeout(timer);
    view.lostReason = reason;
    view.retryAt = Date.now() + delay;
    report();
  }

  function watchConnection({ createLiveness }: StreamParts): void {
    if (liveness || view.end) return;
    liveness = createLiveness(lose);
    liveness.enter(view, hasHeartbeats);
  }

  return { connect, end };
}
