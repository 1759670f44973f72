import fc from 'fast-check';
import { expect, it } from 'vitest';
import { largestBatch, MessageBatch, readBatch } from '../../src/broker/message-batch.js';
import type { MessageSink } from '../../src/broker/message-source.js';
import { SharedRingBuffer } from '../../src/broker/shared-ring-buffer.js';
import { REJECT_REASONS } from '../../src/broker/validate.js';
import type { ProgressMessage } from '../../src/messages/progress-message.js';
import { RecordedMessages } from '../fixtures/recorded-messages.js';

const LIMITS = { message_bytes: 100_000 };

const texts = fc.array(
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom('TASK', 'COMPLETED', ''),
    fc.nat(30_000).map((n) => 'é'.repeat(n)),
  ),
  { minLength: 2, maxLength: 4 },
);
const other = fc.constantFrom('exit' as const, ...REJECT_REASONS);

it('transfers messages, exit requests and reject reasons unchanged and in order, in any number of blocks', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(texts, other), { maxLength: 50 }), (sent) => {
      const ring = new SharedRingBuffer(SharedRingBuffer.allocate(largestBatch(LIMITS)));
      const batch = new MessageBatch(ring);
      const received = new RecordedMessages();
      const read = (): void => {
        while (ring.read((bytes) => readBatch(bytes, received)));
      };
      for (const item of sent) {
        if (item === 'exit') batch.addExitRequest();
        else if (typeof item === 'string') batch.addRejected(item);
        else batch.addMessage(['routing id', ...item].map((text) => Buffer.from(text)));
        read();
      }
      batch.flush();
      read();
      expect(received.all).toEqual(sent.map((item) => (typeof item === 'string' ? item : message(item))));
    }),
  );
});

it('gives the time of its first message with each message, on the clock of the reading thread', () => {
  const ring = new SharedRingBuffer(SharedRingBuffer.allocate(largestBatch(LIMITS)));
  const batch = new MessageBatch(ring);
  const times: number[] = [];
  const sink: MessageSink = {
    message: (_message, receivedAt) => times.push(receivedAt),
    rejected: () => {},
    exitRequested: () => {},
  };
  for (let blocks = 0; blocks < 2; blocks++) {
    const before = performance.now();
    for (let i = 0; i < 2; i++)
      batch.addMessage(['routing id', 'job', 'TASK'].map((text) => Buffer.from(text)));
    batch.flush();
    ring.read((bytes) => readBatch(bytes, sink));
    const [first, second] = times.splice(0);
    expect(first).toBe(second);
    // The two clocks are read one after the other.
    expect(first).toBeGreaterThan(before - 1);
    expect(first).toBeLessThan(performance.now() + 1);
  }
});

function message([channel, command, taskId, taskState]: string[]): ProgressMessage {
  return {
    channelId: channel!,
    command: command!,
    ...(taskId === undefined ? {} : { taskId }),
    ...(taskState === undefined ? {} : { taskState }),
  };
}
