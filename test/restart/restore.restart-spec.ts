import { mkdirSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { RecordBatch } from '../../src/records/record-batch.js';
import { RECORD } from '../../src/records/records.js';
import { SegmentWriter } from '../../src/journal/segment-writer.js';
import { storedEncoder } from '../../src/messages/stored-encoder.js';
import { BuiltDaemon, freePorts } from '../fixtures/built-daemon.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const CHANNELS = 100_000;
const MESSAGES = 10;
/** Seconds. The goal is 2; other processes may need the same cores. */
const RESTORE_LIMIT = 8;

const directory = useTemporaryDirectory();
let daemon: BuiltDaemon | undefined;

afterEach(() => void daemon?.child.kill('SIGKILL'));

it('restores a million messages in a hundred thousand channels', async () => {
  const folder = directory.file('journal');
  mkdirSync(folder);
  writeJournal(folder);
  const env = { RECODEX_MONITOR_JOURNAL_PATH: folder, RECODEX_MONITOR_LIMITS_TOTAL_BYTES: `${2 ** 30}` };
  daemon = await BuiltDaemon.start(await freePorts(), env).untilReady();
  const line = /Restored channels .*channels=(\d+) messages=(\d+) graceful=true seconds=([\d.]+)/;
  const [, channels, messages, seconds] = line.exec(daemon.output)!;
  expect([channels, messages]).toEqual([`${CHANNELS}`, `${CHANNELS * MESSAGES}`]);
  process.stdout.write(`Restored in ${seconds} s\n`);
  expect(Number(seconds)).toBeLessThan(RESTORE_LIMIT);
});

/** A journal as a running monitor leaves it: the messages of a channel lie in several frames. */
function writeJournal(folder: string): void {
  const writer = new SegmentWriter(folder);
  writer.open(1);
  for (let half = 0; half < 2; half++) {
    for (let first = 0; first < CHANNELS; first += 1000) {
      const batch = new RecordBatch();
      for (let channel = first; channel < first + 1000; channel++) {
        const seq = 1 + (half * MESSAGES) / 2;
        const end = seq + MESSAGES / 2;
        const id = `3c9a6f0e-8a60-4c5e-9f5e-${channel}`;
        if (half === 0) batch.log(channel, { id, epoch: `epoch${channel}`, seq, endSeq: end });
        batch.entries(channel, seq, end, () => Date.now(), messages(seq, end));
      }
      writer.write(batch.bytes);
    }
  }
  const batch = new RecordBatch();
  batch.mark(RECORD.complete);
  batch.mark(RECORD.closed);
  writer.write(batch.bytes);
  writer.close();
}

function messages(seq: number, end: number): Buffer {
  let text = '';
  for (let i = seq; i < end; i++) {
    const message = i === 1 ? { command: 'STARTED' } : task(i);
    text += storedEncoder.encode({ channelId: '', epoch: '', seq: i, time: 0, message });
  }
  return Buffer.from(text, 'latin1');
}

function task(number: number) {
  return { command: 'TASK', taskId: `test-${number}`, taskState: 'COMPLETED' };
}
