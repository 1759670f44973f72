import { once } from 'node:events';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import { Router } from 'zeromq';
import { Batch } from './message-batch.js';
import { bindAll } from './bind-all.js';
import { PeerCount } from './peer-count.js';
import type { Order, RouterWorkerData, Report } from './router-worker.js';
import { SharedRingBuffer } from './shared-ring-buffer.js';
import { isExit, validate } from './validate.js';

// libzmq drops the whole link, and other jobs' messages with it, when a message exceeds its own maximum; so that one
// stays far above `limits.message_bytes`, which is judged message by message.
const LARGEST_ZMQ_MESSAGE = 64 * 1024 * 1024;

/**
 * Messages that wait in libzmq for this thread. The broker's own ROUTER drops what it can't queue, so this is far above
 * any burst; behind it TCP holds the broker back.
 */
const LONGEST_QUEUE = 200_000;

/** Milliseconds after which a link without a complete handshake ends; libzmq allows 30 seconds. */
const LONGEST_HANDSHAKE = 10_000;

/** Milliseconds that closing waits for a message, because right after one the next is furthest away. */
const LULL = 50;

/** Milliseconds without a message after which an unbound ROUTER counts as empty. */
const QUIET = 20;

/** Milliseconds after which a ROUTER is closed that never runs empty. */
const LONGEST_DRAIN = 1000;

/** Messages in a row from which on more are expected to be waiting. */
const RUN = 32;

/** Messages after which orders and events get their turn. */
const LONGEST_RUN = 512;

const [{ memory, limits, endpoints, routingId, heartbeat }] = (await once(parentPort!, 'message')) as [
  RouterWorkerData,
];
const ring = new SharedRingBuffer(memory);
const batch = new Batch(ring);
const router = new Router({
  routingId,
  receiveHighWaterMark: LONGEST_QUEUE,
  maxMessageSize: LARGEST_ZMQ_MESSAGE,
  linger: 0,
  // A broker that comes back takes over from its own link that is dead, but not yet known to be.
  handover: true,
  handshakeInterval: LONGEST_HANDSHAKE,
  heartbeatInterval: heartbeat * 1000,
  heartbeatTimeout: heartbeat * 1000,
  // For a host that is gone without a word, where pings are off.
  tcpKeepalive: 1,
  tcpKeepaliveIdle: 60,
  tcpKeepaliveInterval: 10,
  tcpKeepaliveCount: 6,
});
/** Where the ROUTER listens. */
let bound: readonly string[] = [];
let received = 0;
/** While this thread drains: ends the links, right behind a message. */
let unbind: (() => void) | undefined;
/** Messages since the last handing over. */
let gathered = 0;

parentPort!.on('message', (order: Order) => {
  if (order === 'drain') void drain().finally(close);
  else close();
});
// zeromq.js aborts the process when a thread ends with a `receive` under way: so even the unforeseen ends with `close`.
process.on('uncaughtException', (error) => {
  tell({ kind: 'broken', reason: error.stack ?? error.message });
  close();
});

// Only now nothing is under way any more.
process.on('exit', () => ring.close());

watchPeers();
try {
  bound = await bindAll(router, endpoints);
  tell({ kind: 'bound', endpoint: bound.join(', ') });
} catch (error) {
  tell({ kind: 'broken', reason: (error as Error).message });
  close();
}
await receiveAll();

async function receiveAll(): Promise<void> {
  while (!router.closed) {
    try {
      // A loop around `receive` takes 12% more messages a second than `for await` does.
      for (;;) {
        take(await router.receive());
        if (gathered >= RUN || unbind) await takeWaiting();
      }
    } catch (error) {
      if (router.closed) return;
      tell({ kind: 'failing', reason: (error as Error).message });
      await setTimeout(1);
    }
  }
}

// zeromq.js asks the ROUTER, with a system call, whether anything is there before it receives, unless it may not wait for
// it: a fifth of this thread's time.
async function takeWaiting(): Promise<void> {
  router.receiveTimeout = 0;
  try {
    for (let i = 0; i < LONGEST_RUN; i++) take(await router.receive());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  } finally {
    if (!router.closed) router.receiveTimeout = -1;
  }
  // In the same turn, because the next message is furthest away now: one more turn makes a loss twice as likely.
  unbind?.();
  await setImmediate();
}

function take(frames: readonly Buffer[]): void {
  received++;
  const reason = isExit(frames) ? 'exit' : validate(frames, limits);
  if (reason) batch.oddity(reason);
  else batch.message(frames);
  // Ticks come after all promises: when the ROUTER is empty, or zeromq.js wants a pause.
  if (++gathered === 1) process.nextTick(handOver);
}

function handOver(): void {
  gathered = 0;
  batch.flush();
}

async function drain(): Promise<void> {
  if (router.closed) return;
  const unbound = new Promise<void>((resolve) => {
    unbind = () => {
      unbind = undefined;
      // Closing alone would lose what arrives in the milliseconds until libzmq's own thread has closed; an unbound socket
      // still gives what it took in. In libzmq disconnecting from a bound endpoint is unbinding; zeromq.js 6.8 unbinds in
      // another thread, though, while `receive` uses the socket in this one, which ends the process now and then.
      for (const endpoint of bound) router.disconnect(endpoint);
      resolve();
    };
  });
  await Promise.race([unbound, setTimeout(LULL)]);
  unbind?.();
  const end = performance.now() + LONGEST_DRAIN;
  let last;
  do {
    last = received;
    await setTimeout(QUIET);
  } while (last !== received && performance.now() < end);
}

/** Ends this thread, which has nothing else to live for. */
function close(): void {
  router.close();
  batch.flush();
  parentPort!.close();
}

function watchPeers(): void {
  const links = new PeerCount();
  const { events } = router;
  const then = (change: () => void) => (): void => {
    const before = links.peers;
    change();
    if (links.peers !== before) tell({ kind: 'peers', peers: links.peers });
  };
  events.on('accept', () => links.accepted());
  events.on(
    'handshake',
    then(() => links.handshakeCompleted()),
  );
  events.on(
    'disconnect',
    then(() => links.disconnected()),
  );
  for (const type of ['handshake:error:protocol', 'handshake:error:auth', 'handshake:error:other'] as const)
    events.on(type, ({ error }) => tell({ kind: 'stranger', reason: error.message }));
}

function tell(report: Report): void {
  parentPort!.postMessage(report);
}
