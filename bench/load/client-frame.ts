/** Opcodes of RFC 6455, section 5.2. */
export const TEXT = 1;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

const MASK = [0x12, 0x34, 0x56, 0x78] as const;

/** Masked frame of a client (RFC 6455, section 5.3). The payload must be shorter than 126 bytes. */
export function clientFrame(opcode: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(6 + payload.length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | payload.length;
  frame.set(MASK, 2);
  payload.forEach((byte, i) => (frame[6 + i] = byte ^ MASK[i & 3]!));
  return frame;
}
