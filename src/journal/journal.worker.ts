import { utimesSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { errorText } from '../text/error-text.js';
import type { JournalCommand, JournalEvent, JournalWorkerData } from './journal-protocol.js';
import { LOCK_INTERVAL, lockPath } from './journal-lock.js';
import { SegmentWriter } from './segment-writer.js';

// The thread that writes a journal: a disk that stalls must not stall the relay.

const { folder, sync, written: memory } = workerData as JournalWorkerData;
const written = new BigInt64Array(memory);
const writer = new SegmentWriter(folder);

parentPort!.on('message', (command: JournalCommand) => {
  attempt(() => obey(command));
  // Counted after a failure too: the bytes are no longer waiting.
  if (command.kind === 'write') Atomics.add(written, 0, BigInt(command.records.length));
});
const timers = [
  setInterval(() => attempt(() => writer.sync()), sync * 1000),
  setInterval(touchLock, LOCK_INTERVAL),
];

function obey(command: JournalCommand): void {
  switch (command.kind) {
    case 'open':
      writer.open(command.index, command.damaged);
      if (command.removeEarlier) writer.removeEarlier();
      return post({ kind: 'opened' });
    case 'write': {
      const { buffer, byteOffset, length } = command.records;
      return writer.write(Buffer.from(buffer, byteOffset, length));
    }
    case 'complete':
      return writer.complete();
    case 'close':
      return close();
  }
}

function close(): void {
  try {
    writer.close();
    post({ kind: 'closed' });
  } finally {
    // Without a timer and a port, the thread ends.
    for (const timer of timers) clearInterval(timer);
    parentPort!.close();
  }
}

// Shows a monitor in another container that the lock is in use.
function touchLock(): void {
  const now = new Date();
  try {
    utimesSync(lockPath(folder), now, now);
  } catch {
    // The folder is gone or read-only: the next write says so.
  }
}

function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    writer.abandon();
    post({ kind: 'failed', reason: errorText(error) });
  }
}

function post(event: JournalEvent): void {
  parentPort!.postMessage(event);
}
