/**
 * Encodes a payload of latin1 text as an unmasked WebSocket text frame (RFC 6455, section 5.2). The frame is also
 * latin1 text: each character is one byte.
 */
export function encodeTextFrame(payload: string): string {
  return `${frameHeader(payload.length)}${payload}`;
}

/** The header of a text frame with a payload of `length` bytes, as latin1 text. */
export function frameHeader(length: number): string {
  if (length < 126) return `\x81${char(length)}`;
  if (length < 65_536) return `\x81\x7e${char(length >> 8)}${char(length & 255)}`;
  return `\x81\x7f\0\0\0\0${char(length >>> 24)}${char((length >> 16) & 255)}${char((length >> 8) & 255)}${char(length & 255)}`;
}

/** The payload of the text frame between `start` and `end`, as latin1 text. */
export function framePayload(bytes: Buffer, start: number, end: number): string {
  const length = bytes[start + 1]!;
  return bytes.toString('latin1', start + (length === 127 ? 10 : length === 126 ? 4 : 2), end);
}

/** The end of the text frame at `start`. */
export function frameEnd(bytes: Buffer, start: number): number {
  const length = bytes[start + 1]!;
  if (length < 126) return start + 2 + length;
  if (length === 126) return start + 4 + bytes.readUInt16BE(start + 2);
  return start + 10 + bytes.readUInt32BE(start + 6);
}

const char = String.fromCharCode;
