/** The alphabet of Z85 (ZeroMQ RFC 32). */
const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#';

/** Five characters of Z85 stand for four bytes. */
const CHARACTERS = 5;
const BYTES = 4;
const LARGEST = 0xffff_ffff;

/** Encodes bytes, whose number must be a multiple of four. */
export function encodeZ85(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += BYTES) {
    let value = bytes.readUInt32BE(at);
    let group = '';
    for (let i = 0; i < CHARACTERS; i++) {
      group = ALPHABET[value % ALPHABET.length]! + group;
      value = Math.floor(value / ALPHABET.length);
    }
    text += group;
  }
  return text;
}

/** Decodes a text. Returns undefined for a text that is not Z85. */
export function decodeZ85(text: string): Buffer | undefined {
  if (text.length % CHARACTERS !== 0) return undefined;
  const bytes = Buffer.alloc((text.length / CHARACTERS) * BYTES);
  for (let at = 0, group = 0; at < text.length; at += CHARACTERS, group++) {
    let value = 0;
    for (let i = at; i < at + CHARACTERS; i++) {
      const digit = ALPHABET.indexOf(text[i]!);
      if (digit === -1) return undefined;
      value = value * ALPHABET.length + digit;
    }
    if (value > LARGEST) return undefined;
    bytes.writeUInt32BE(value, group * BYTES);
  }
  return bytes;
}
