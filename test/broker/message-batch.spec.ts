import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Batch, largestBatch, readBatch, type Item } from '../../src/broker/message-batch.js';
import { REJECT_REASONS } from '../../src/messages/progress-message.js';
import { SharedRingBuffer } from '../../src/broker/shared-ring-buffer.js';

const LIMITS = { message_bytes: 100_000 };

const texts = fc.array(
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.constantFrom('TASK', 'COMPLETED', ''),
    fc.nat(30_000).map((n) => 'é'.repeat(n)),
  ),
  { minLength: 2, maxLength: 4 },
);
const oddity = fc.constantFrom('exit' as const, ...REJECT_REASONS);

it('brings items over as they were, in order, however many blocks they take', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(texts, oddity), { maxLength: 50 }), (sent) => {
      const ring = new SharedRingBuffer(SharedRingBuffer.allocate(largestBatch(LIMITS)));
      const batch = new Batch(ring);
      const items: Item[] = [];
      const read = (): void => {
        while (ring.read((bytes) => readBatch(bytes, (item) => items.push(item))));
      };
      for (const item of sent) {
        if (typeof item === 'string') batch.oddity(item);
        else batch.message(['routing id', ...item].map((text) => Buffer.from(text)));
        read();
      }
      batch.flush();
      read();
      expect(items).toEqual(sent.map((item) => (typeof item === 'string' ? item : message(item))));
    }),
  );
});

function message([channelId, command, taskId, taskState]: string[]): Item {
  return {
    channelId: channelId!,
    command: command!,
    ...(taskId === undefined ? {} : { taskId }),
    ...(taskState === undefined ? {} : { taskState }),
  };
}
