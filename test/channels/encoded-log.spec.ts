import { describe, expect, it } from 'vitest';
import { EncodedLog } from '../../src/channels/encoded-log.js';

describe('EncodedLog', () => {
  it('reads a burst of 64 KiB at once, whatever came before', () => {
    const log = logOf(640);
    const { bytes, endSeq } = log.read(1);
    expect(endSeq).toBe(641);
    expect(bytes.toString('latin1')).toBe(Array.from({ length: 640 }, (_, i) => line(i + 1)).join(''));
  });

  it('does not change bytes that were read before it grew', () => {
    const log = logOf(1);
    const { bytes } = log.read(1);
    for (let seq = 2; seq <= 2000; seq++) log.append(line(seq));
    log.trim(2);
    expect(bytes.toString('latin1')).toBe(line(1));
    expect(log.read(2).bytes.toString('latin1', 0, 100)).toBe(line(2));
  });

  it('reads a message larger than a segment whole, and the messages after it', () => {
    const log = new EncodedLog(1);
    const large = 'x'.repeat(200_000);
    for (const text of [line(1), large, line(3)]) log.append(text);
    const read = [1, 2, 3].map((seq) => log.read(seq).bytes.toString('latin1'));
    expect(read).toEqual([line(1), large, line(3)]);
    expect(log.bytes).toBe(200_200);
  });

  it('starts at any sequence number', () => {
    const log = new EncodedLog(7);
    for (const seq of [7, 8]) log.append(line(seq));
    expect([log.startSeq, log.endSeq, log.read(8).bytes.toString('latin1')]).toEqual([7, 9, line(8)]);
  });

  it.each([
    [10, 10_000, 991],
    [2000, 500, 996],
    [0, 100_000, 1001],
    [2000, 0, 1001],
    [2000, -1, 1001],
    [2000, 100_000, 1],
    [5, 500, 996],
  ])('keeps at most %i messages and %i bytes from %i on', (messages, bytes, startSeq) => {
    const log = logOf(1000);
    expect(log.startSeqWithin(messages, bytes)).toBe(startSeq);
    log.trim(startSeq);
    expect(log.startSeq).toBe(startSeq);
    expect(log.bytes).toBe((1001 - startSeq) * 100);
    log.append(line(1001));
    expect(log.read(1001).bytes.toString('latin1')).toBe(line(1001));
  });
});

function logOf(messages: number): EncodedLog {
  const log = new EncodedLog(1);
  for (let seq = 1; seq <= messages; seq++) log.append(line(seq));
  return log;
}

function line(seq: number): string {
  return `${seq}`.padStart(100, '.');
}

describe('messages that are appended together', () => {
  it('are read like messages that are appended one by one', () => {
    const [together, single] = [new EncodedLog(5), new EncodedLog(5)];
    const messages = Array.from({ length: 400 }, (_, i) => `message ${i}\n`.repeat(1 + (i % 40)));
    for (let first = 0; first < messages.length; first += 7) {
      const some = messages.slice(first, first + 7);
      let end = 0;
      together.appendAll(
        Buffer.from(some.join('')),
        some.map(({ length }) => (end += length)),
      );
      for (const message of some) single.append(message);
    }
    expect(together.endSeq).toBe(single.endSeq);
    expect(together.bytes).toBe(single.bytes);
    for (let seq = 5; seq < together.endSeq; seq++) {
      const { bytes } = together.read(seq);
      const message = messages[seq - 5]!;
      expect(bytes.toString('latin1', 0, message.length)).toBe(message);
    }
  });
});
