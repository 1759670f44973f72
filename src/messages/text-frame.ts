/**
 * The form in which a log keeps its messages: the JSON of `message-json.ts` behind its length, laid out as an RFC 6455
 * text frame (section 5.2, unmasked). The watchers that speak the legacy protocol take just these bytes, so the
 * commonest read is a slice of memory. The result is a latin1 string, one character a byte.
 */
export function encodeTextFrame(json: string): string {
  return `${frameHeader(json.length)}${json}`;
}

/** What stands before the payload of a text frame, as latin1 text. */
export function frameHeader(length: number): string {
  if (length < 126) return `\x81${char(length)}`;
  if (length < 65_536) return `\x81\x7e${char(length >> 8)}${char(length & 255)}`;
  return `\x81\x7f\0\0\0\0${char(length >>> 24)}${char((length >> 16) & 255)}${char((length >> 8) & 255)}${char(length & 255)}`;
}

/** The JSON inside the record that lies in `bytes` from `start` to `end`. */
export function framePayload(bytes: Buffer, start: number, end: number): string {
  const short = bytes[start + 1]!;
  return bytes.toString('latin1', start + (short === 127 ? 10 : short === 126 ? 4 : 2), end);
}

const char = String.fromCharCode;
