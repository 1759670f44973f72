import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { SharedRingBuffer } from '../../src/broker/shared-ring-buffer.js';

const LARGEST = 100;

let ring: SharedRingBuffer;

beforeEach(() => {
  ring = new SharedRingBuffer(SharedRingBuffer.allocate(LARGEST));
});

describe('SharedRingBuffer', () => {
  it('gives blocks back unchanged and in order, across the end of the memory', () => {
    const step = fc.oneof(fc.constant('read' as const), fc.nat(LARGEST - 1), fc.nat(20));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const memory = SharedRingBuffer.allocate(LARGEST);
        const [writer, reader] = [new SharedRingBuffer(memory), new SharedRingBuffer(memory)];
        const unread: Buffer[] = [];
        let fill = 0;
        for (const step of steps) {
          // A single thread must not wait for space: twice the block also fits across the end of the memory.
          if (step !== 'read' && writer.free >= 2 * (step + 8)) {
            const block = Buffer.alloc(step + 1, fill++);
            writer.write(block);
            unread.push(block);
          } else expect(read(reader)).toEqual(unread.shift());
        }
        while (unread.length > 0) expect(read(reader)).toEqual(unread.shift());
        expect(read(reader)).toBeUndefined();
      }),
    );
  });

  it.each(Array.from({ length: LARGEST }, (_, i) => i + 1))(
    'carries blocks of %i bytes many times around',
    (size) => {
      for (let i = 0; i < 60; i++) {
        const block = Buffer.alloc(size, i);
        ring.write(block);
        expect(read(ring)).toEqual(block);
      }
      expect(read(ring)).toBeUndefined();
    },
  );

  it('uses all of its memory', () => {
    const blocks = ring.free / 8;
    for (let i = 0; i < blocks; i++) ring.write(Buffer.alloc(4, i));
    expect(ring.free).toBe(0);
    for (let i = 0; i < blocks; i++) expect(read(ring)).toEqual(Buffer.alloc(4, i));
  });

  it('has room for one byte in the smallest memory', () => {
    ring = new SharedRingBuffer(SharedRingBuffer.allocate(1));
    ring.write(Buffer.from('x'));
    expect(read(ring)).toEqual(Buffer.from('x'));
  });

  it('blocks until it is closed, or for a time', () => {
    expect(ring.blockUntilClosed(1)).toBe(false);
    ring.close();
    expect(ring.blockUntilClosed(60_000)).toBe(true);
  });

  it('resolves waitReadable when a block is written', async () => {
    const readable = ring.waitReadable();
    ring.write(Buffer.from('block'));
    expect(await readable).toBe(true);
  });

  it('resolves waitReadable when it is closed, with true while a block is unread', async () => {
    const readable = ring.waitReadable();
    ring.close();
    expect(await readable).toBe(false);
    ring.write(Buffer.from('block'));
    expect(await ring.waitReadable()).toBe(true);
    read(ring);
    expect(await ring.waitReadable()).toBe(false);
  });

  it('reads the next block after the reader of a block has thrown', () => {
    ring.write(Buffer.from('bad'));
    ring.write(Buffer.from('good'));
    expect(() =>
      ring.read(() => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(read(ring)).toEqual(Buffer.from('good'));
  });

  it('drops a block only when it is full and closed', () => {
    ring.write(Buffer.alloc(LARGEST));
    ring.write(Buffer.alloc(LARGEST));
    ring.close();
    const { free } = ring;
    ring.write(Buffer.alloc(LARGEST));
    expect(ring.free).toBe(free);
    ring.discard();
    expect(read(ring)).toBeUndefined();
    ring.write(Buffer.from('space again'));
    expect(read(ring)).toEqual(Buffer.from('space again'));
  });

  it('knows its free bytes, with four for the length of a block', () => {
    const empty = ring.free;
    ring.write(Buffer.from('1234'));
    expect(ring.free).toBe(empty - 8);
    ring.discard();
    expect(ring.free).toBe(empty);
  });
});

function read(from: SharedRingBuffer): Buffer | undefined {
  let found: Buffer | undefined;
  from.read((block) => (found = Buffer.from(block)));
  return found;
}
