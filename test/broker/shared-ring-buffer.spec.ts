import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SharedRingBuffer } from '../../src/broker/shared-ring-buffer.js';

const LARGEST = 100;
/** What `allocate` makes of it: a block of any size always fits twice. */
const CAPACITY = 256;

describe('a ring', () => {
  it('gives blocks back as they were, in order, wherever the memory ends', () => {
    const step = fc.oneof(fc.constant('read' as const), fc.nat(LARGEST - 1), fc.nat(20));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const memory = SharedRingBuffer.allocate(LARGEST);
        const [writer, reader] = [new SharedRingBuffer(memory), new SharedRingBuffer(memory)];
        const waiting: Buffer[] = [];
        let filling = 0;
        for (const step of steps) {
          // One thread can't wait for itself: never more than surely fits, with what is left free before a wrap.
          if (
            step !== 'read' &&
            (waiting.length === 0 || size(waiting) + LARGEST + 8 + 2 * (step + 8) <= CAPACITY)
          ) {
            const block = Buffer.alloc(step + 1, filling++);
            writer.write(block);
            waiting.push(block);
          } else expect(read(reader)).toEqual(waiting.shift());
        }
        while (waiting.length > 0) expect(read(reader)).toEqual(waiting.shift());
        expect(read(reader)).toBeUndefined();
      }),
    );
  });

  it('resolves when there is a block to read, and when it is closed without one', async () => {
    const ring = new SharedRingBuffer(SharedRingBuffer.allocate(LARGEST));
    const filled = ring.filled();
    ring.write(Buffer.from('block'));
    expect(await filled).toBe(true);
    ring.close();
    expect(await ring.filled()).toBe(true);
    read(ring);
    expect(await ring.filled()).toBe(false);
    const other = new SharedRingBuffer(SharedRingBuffer.allocate(LARGEST));
    const waiting = other.filled();
    other.close();
    expect(await waiting).toBe(false);
  });

  it('goes on behind a block whose reader failed', () => {
    const ring = new SharedRingBuffer(SharedRingBuffer.allocate(LARGEST));
    ring.write(Buffer.from('bad'));
    ring.write(Buffer.from('good'));
    expect(() =>
      ring.read(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(read(ring)).toEqual(Buffer.from('good'));
  });

  it('loses a block only when it is full and closed', () => {
    const ring = new SharedRingBuffer(SharedRingBuffer.allocate(LARGEST));
    ring.write(Buffer.alloc(LARGEST));
    ring.write(Buffer.alloc(LARGEST));
    ring.close();
    ring.write(Buffer.alloc(LARGEST));
    ring.discard();
    expect(read(ring)).toBeUndefined();
    ring.write(Buffer.from('room again'));
    expect(read(ring)).toEqual(Buffer.from('room again'));
  });
});

function read(ring: SharedRingBuffer): Buffer | undefined {
  let found: Buffer | undefined;
  ring.read((block) => (found = Buffer.from(block)));
  return found;
}

function size(blocks: Buffer[]): number {
  return blocks.reduce((sum, { length }) => sum + length + 8, 0);
}
