import fc from 'fast-check';
import { expect, it } from 'vitest';
import { largestBatch, MessageBatch, readBatch } from '../../src/broker/message-batch.js';
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

function message([channel, command, taskId, taskState]: string[]): ProgressMessage {
  return {
    channelId: channel!,
    command: command!,
    ...(taskId === undefined ? {} : { taskId }),
    ...(taskState === undefined ? {} : { taskState }),
  };
}
