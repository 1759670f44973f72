import { parentPort, workerData } from 'node:worker_threads';
import { errorText } from '../text/error-text.js';
import type { JournalCommand, JournalEvent, JournalWorkerData } from './journal-protocol.js';
import { LOCK_INTERVAL, touchLock } from './journal-lock.js';
import { SegmentWriter } from './segment-writer.js';

// The thread that writes a journal: a disk that stalls must not stall the relay.

const { folder, sync, written: memory } = workerData as JournalWorkerData;
const written = new BigInt64Array(memory);
const writer = new SegmentWriter(folder);

parentPort!.on('message', (command: JournalCommand) => {
  attempt(() => obey(command));
  // After a failure too: the bytes are no longer waiting.
  if (command.kind === 'write') countWritten(command.records);
});
const timers = [
  setInterval(() => attempt(() => writer.sync()), sync * 1000),
  setInterval(keepLock, LOCK_INTERVAL),
];

function obey(command: JournalCommand): void {
  switch (command.kind) {
    case 'open':
      writer.open(command.index, command.damaged, command.removeEarlier);
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

function countWritten({ length, buffer }: Uint8Array<ArrayBuffer>): void {
  Atomics.add(written, 0, BigInt(length));
  parentPort!.postMessage({ kind: 'written', buffer } satisfies JournalEvent, [buffer]);
}

function close(): void {
  attempt(() => {
    writer.close();
    post({ kind: 'closed' });
  });
  // Without a timer and a port, the thread ends.
  for (const timer of timers) clearInterval(timer);
  parentPort!.close();
}

// A folder that was removed does not fail any write: the open file lives on without a name.
function keepLock(): void {
  try {
    touchLock(folder);
  } catch (error) {
    if (writer.isOpen) fail(error);
  }
}

function attempt(action: () => void): void {
  try {
    action();
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): void {
  writer.abandon();
  post({ kind: 'failed', reason: errorText(error) });
}

function post(event: JournalEvent): void {
  parentPort!.postMessage(event);
}
