import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameBudget, isShortFrame } from '../../../src/gateway/websocket/frame-budget.js';

interface Frame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly masked: boolean;
  readonly length: number;
}

const frame = fc.record({
  opcode: fc.constantFrom(0, 1, 2, 8, 9, 10),
  fin: fc.boolean(),
  masked: fc.boolean(),
  length: fc.constantFrom(0, 1, 5, 125, 126, 127, 300, 65535, 65536, 70000),
});

describe('FrameBudget', () => {
  it('counts every frame exactly, for any division of the bytes into chunks', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { minLength: 1, maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 10 }),
        (frames, sizes) => {
          const bytes = Buffer.concat(frames.map(encode));
          expect(takesAll(new FrameBudget(), bytes, sizes, frames.length)).toBe(true);
          expect(takesAll(new FrameBudget(), bytes, sizes, frames.length - 1)).toBe(false);
        },
      ),
    );
  });

  it('agrees with isShortFrame: the bytes of a short frame count as one frame, and the next byte starts another', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 140 }), fc.nat(125), (random, length) => {
        for (const bytes of [Buffer.from(random), encode({ ...PING, length })]) {
          if (!isShortFrame(bytes)) continue;
          const budget = new FrameBudget();
          expect(budget.take(bytes, 1)).toBe(true);
          expect(budget.take(Buffer.from([0x89]), 1)).toBe(false);
        }
      }),
    );
    expect(isShortFrame(encode({ ...PING, length: 4 }))).toBe(true);
    expect(isShortFrame(encode({ ...PING, fin: false, opcode: 1, length: 4 }))).toBe(false);
    expect(isShortFrame(Buffer.concat([encode(PING), encode(PING)]))).toBe(false);
  });

  it('counts from zero in each interval', () => {
    const budget = new FrameBudget();
    const pings = Buffer.concat(Array.from({ length: 3 }, () => encode({ ...PING, length: 4 })));
    expect(budget.take(pings, 3)).toBe(true);
    expect(budget.renew()).toBe(true);
    expect(budget.take(pings, 3)).toBe(true);
    expect(budget.take(pings, 3)).toBe(false);
  });

  it.each([
    ['a fragmented message', encode({ ...TEXT, fin: false, length: 3 })],
    ['a frame', encode({ ...TEXT, length: 300 }).subarray(0, 100)],
    ['a header', encode({ ...TEXT, length: 300 }).subarray(0, 1)],
    ['a ping', encode({ ...PING, length: 10 }).subarray(0, 8)],
  ])('reports %s that is incomplete for a whole interval', (_, bytes) => {
    const budget = new FrameBudget();
    budget.take(bytes, 100);
    expect(budget.renew()).toBe(true);
    expect(budget.renew()).toBe(false);
  });

  it('reports an incomplete message also when pings come between its fragments', () => {
    const budget = new FrameBudget();
    budget.take(encode({ ...TEXT, fin: false, length: 1 }), 100);
    budget.renew();
    budget.take(encode({ ...PING, length: 0 }), 100);
    expect(budget.renew()).toBe(false);
  });

  it('never reports a client that completes its messages', () => {
    const budget = new FrameBudget();
    const first = encode({ ...TEXT, fin: false, length: 1 });
    const last = encode({ opcode: 0, fin: true, masked: true, length: 1 });
    budget.take(first, 100);
    for (let i = 0; i < 5; i++) {
      expect(budget.renew()).toBe(true);
      budget.take(Buffer.concat([last, first]), 100);
    }
  });
});

const TEXT: Frame = { opcode: 1, fin: true, masked: true, length: 0 };
const PING: Frame = { opcode: 9, fin: true, masked: true, length: 0 };

function encode({ opcode, fin, masked, length }: Frame): Buffer {
  const extended = length < 126 ? 0 : length < 65536 ? 2 : 8;
  const bytes = Buffer.alloc(2 + extended + (masked ? 4 : 0) + length, 0xff);
  bytes[0] = (fin ? 0x80 : 0) | opcode;
  bytes[1] = (masked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) bytes.writeUInt16BE(length, 2);
  if (extended === 8) bytes.writeBigUInt64BE(BigInt(length), 2);
  return bytes;
}

function takesAll(budget: FrameBudget, bytes: Buffer, sizes: number[], limit: number): boolean {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = at + sizes[i % sizes.length]!;
    if (!budget.take(bytes.subarray(at, end), limit)) return false;
    at = end;
  }
  return true;
}
