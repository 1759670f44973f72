/** A frame as a client sends it, with a mask of zeros. The payload has at most 65,535 bytes. */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  const extended = payload.length > 125;
  const header = Buffer.alloc(extended ? 8 : 6);
  header[0] = 0x80 | opcode;
  header[1] = 0x80 | (extended ? 126 : payload.length);
  if (extended) header.writeUInt16BE(payload.length, 2);
  return Buffer.concat([header, payload]);
}
