import { once } from 'node:events';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { bindAll } from './bind-all.js';
import { createRouter } from './create-router.js';
import { MessageBatch } from './message-batch.js';
import { admitsAll, PeerGate } from './peer-gate.js';
import { SenderQuotas } from './sender-quotas.js';
import { SharedRingBuffer } from './shared-ring-buffer.js';
import { isExit, validate } from './validate.js';
import { watchPeers } from './watch-peers.js';
import type { RouterWorkerData, WorkerCommand, WorkerEvent } from './worker-protocol.js';
import { ZapHandler } from './zap-handler.js';
import { errorText } from '../text/error-text.js';

/**
 * Milliseconds that `drain` waits for a message before it unbinds. Directly after a message, another message is least
 * likely.
 */
const UNBIND_WAIT = 50;

/** Milliseconds without a message after which an unbound ROUTER counts as empty. */
const EMPTY_AFTER = 20;

/** Milliseconds after which `drain` closes a ROUTER that never becomes empty. */
const MAX_DRAIN = 1000;

/** Messages in one turn from which the queue is expected to hold more. */
const BUSY = 32;

/** Queued messages that are received without a pause. Then commands and events are handled. */
const MAX_RUN = 512;

// The imports above have loaded zeromq.js.
const loaded = workerData as Int32Array;
Atomics.store(loaded, 0, 1);
Atomics.notify(loaded, 0);

const [data] = (await once(parentPort!, 'message')) as [RouterWorkerData];
const ring = new SharedRingBuffer(data.memory);
const batch = new MessageBatch(ring);
const { access, quotas: quotaRules } = data.rules;
/** Undefined when every peer may connect: then libzmq asks nobody. */
const zap = admitsAll(access)
  ? undefined
  : new ZapHandler(new PeerGate(access), (reason, peer) => post({ kind: 'peer-refused', reason, ...peer }));
const router = createRouter(data, zap?.context);
const quotas = new SenderQuotas(quotaRules, (reason, sender) => post({ kind: 'over-quota', reason, sender }));
/** The bound endpoints. */
let bound: readonly string[] = [];
let received = 0;
/** Messages in the batch since the last flush. */
let pending = 0;
/** Unbinds the ROUTER. Set while this thread drains, and called directly after a message. */
let unbind: (() => void) | undefined;

parentPort!.on('message', (command: WorkerCommand) => {
  if (command === 'drain') void drain().finally(close);
  else if (command === 'close') close();
  else {
    zap?.setGate(new PeerGate(command.access));
    quotas.setRules(command.quotas);
  }
});
// zeromq.js aborts the process when a thread ends while `receive` waits. So an unexpected error also closes the ROUTER.
process.on('uncaughtException', (error) => {
  post({ kind: 'broken', reason: error.stack ?? error.message });
  close();
});
// At this point `receive` no longer waits.
process.on('exit', () => ring.close());

watchPeers(router, post, data.secretKey !== null);
try {
  await zap?.open();
  bound = await bindAll(router, data.endpoints);
  post({ kind: 'bound', endpoint: bound.join(', ') });
} catch (error) {
  post({ kind: 'broken', reason: errorText(error) });
  close();
}
await receiveAll();

async function receiveAll(): Promise<void> {
  while (!router.closed) {
    try {
      // A loop around `receive` reads 12% more messages per second than `for await`.
      for (;;) {
        add(await router.receive());
        if (pending >= BUSY || unbind) await receiveQueued();
      }
    } catch (error) {
      if (router.closed) return;
      post({ kind: 'receive-failed', reason: errorText(error) });
      await setTimeout(1);
    }
  }
}

// With a timeout of 0, zeromq.js does not poll the ROUTER before it receives. That system call takes a fifth of this
// thread's time.
async function receiveQueued(): Promise<void> {
  router.receiveTimeout = 0;
  try {
    for (let i = 0; i < MAX_RUN; i++) add(await router.receive());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  } finally {
    if (!router.closed) router.receiveTimeout = -1;
  }
  // In the turn of the last message. One turn later, twice as many messages are lost.
  unbind?.();
  await setImmediate();
}

function add(frames: readonly Buffer[]): void {
  received++;
  if (isExit(frames)) batch.addExitRequest();
  else {
    const reason = validate(frames, data.limits) ?? quotas.check(frames);
    if (reason) batch.addRejected(reason);
    else batch.addMessage(frames);
  }
  // A tick runs after all promises: when the ROUTER is empty, or when zeromq.js yields to the event loop.
  if (++pending === 1) process.nextTick(flush);
}

function flush(): void {
  pending = 0;
  batch.flush();
}

/** Unbinds the ROUTER, and receives until it is empty. */
async function drain(): Promise<void> {
  if (router.closed) return;
  const unbound = new Promise<void>((resolve) => {
    unbind = () => {
      unbind = undefined;
      // An unbound ROUTER still delivers the messages that it has received. `close` alone would lose messages: libzmq's
      // I/O thread closes the socket some milliseconds later, and messages arrive until then. `disconnect` of a bound
      // endpoint unbinds it. `unbind` of zeromq.js 6.8 uses the socket in another thread while `receive` uses it in
      // this thread, which sometimes crashes the process.
      for (const endpoint of bound) router.disconnect(endpoint);
      resolve();
    };
  });
  await Promise.race([unbound, setTimeout(UNBIND_WAIT)]);
  unbind?.();
  const end = performance.now() + MAX_DRAIN;
  let before;
  do {
    before = received;
    await setTimeout(EMPTY_AFTER);
  } while (before !== received && performance.now() < end);
}

/** Closes the ROUTER. Then the thread ends, because nothing else keeps it alive. */
function close(): void {
  router.close();
  zap?.close();
  batch.flush();
  parentPort!.close();
}

function post(event: WorkerEvent): void {
  parentPort!.postMessage(event);
}
