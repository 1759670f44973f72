import { describe, expect, it } from 'vitest';
import { encodeTextFrame, frameEnd, framePayload } from '../../src/messages/text-frame.js';

// The lengths at which the header changes its size (RFC 6455, section 5.2).
describe.each([
  [0, '8100'],
  [1, '8101'],
  [125, '817d'],
  [126, '817e007e'],
  [300, '817e012c'],
  [65_535, '817effff'],
  [65_536, '817f0000000000010000'],
  [17_000_000, '817f0000000001036640'],
])('a frame with %i bytes', (length, header) => {
  it('has the header of RFC 6455', () => {
    const frame = frameOf(length);
    expect(frame.toString('hex', 0, frame.length - length)).toBe(header);
  });

  it('is found among other bytes, with its payload', () => {
    const frame = frameOf(length);
    const bytes = Buffer.concat([Buffer.from('before'), frame, Buffer.from('after')]);
    const end = frameEnd(bytes, 6);
    expect(end).toBe(6 + frame.length);
    expect(framePayload(bytes, 6, end) === 'x'.repeat(length)).toBe(true);
  });
});

function frameOf(length: number): Buffer {
  return Buffer.from(encodeTextFrame('x'.repeat(length)), 'latin1');
}
