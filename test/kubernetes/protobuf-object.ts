import { ApiError } from './api-error.js';

/** The first bytes of an object in Protocol Buffers. */
const MAGIC = Buffer.from('k8s\0');

/** Decodes a field of a message. */
type FieldDecoder = (bytes: Buffer) => unknown;

/** The name of a field, and how its bytes are decoded. A field with the kind `map` occurs once for each entry. */
type Message = Readonly<Record<number, readonly [name: string, decode: FieldDecoder, kind?: 'map']>>;

const text: FieldDecoder = (bytes) => bytes.toString();
const base64: FieldDecoder = (bytes) => bytes.toString('base64');
const messageOf =
  (message: Message): FieldDecoder =>
  (bytes) =>
    decode(bytes, message);

const TEXT_ENTRY = messageOf({ 1: ['key', text], 2: ['value', text] });
const BYTES_ENTRY = messageOf({ 1: ['key', text], 2: ['value', base64] });

// The numbers are those of generated.proto in k8s.io/api and k8s.io/apimachinery.
const METADATA = messageOf({
  1: ['name', text],
  3: ['namespace', text],
  6: ['resourceVersion', text],
  11: ['labels', TEXT_ENTRY, 'map'],
  12: ['annotations', TEXT_ENTRY, 'map'],
});
const OBJECTS: Readonly<Record<string, Message>> = {
  ConfigMap: { 1: ['metadata', METADATA], 2: ['data', TEXT_ENTRY, 'map'] },
  Namespace: { 1: ['metadata', METADATA] },
  Secret: { 1: ['metadata', METADATA], 2: ['data', BYTES_ENTRY, 'map'], 3: ['type', text] },
};
const ENVELOPE: Message = {
  1: ['type', messageOf({ 1: ['apiVersion', text], 2: ['kind', text] })],
  2: ['raw', (bytes) => bytes],
};

/** Whether a body is in Protocol Buffers, as `kubectl create` sends some kinds. */
export function isProtobuf(body: Buffer): boolean {
  return body.subarray(0, MAGIC.length).equals(MAGIC);
}

/** Decodes an object. Unknown fields are left out, so kinds other than the three above are refused. */
export function decodeObject(body: Buffer): object {
  const { type, raw } = decode(body.subarray(MAGIC.length), ENVELOPE) as {
    readonly type: { readonly kind: string };
    readonly raw: Buffer;
  };
  const message = OBJECTS[type.kind];
  if (!message)
    throw new ApiError(
      'BadRequest',
      `expected ${Object.keys(OBJECTS).join(' or ')} in protobuf, got ${type.kind}`,
    );
  return { ...type, ...decode(raw, message) };
}

function decode(bytes: Buffer, message: Message): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  let offset = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[offset++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (offset < bytes.length) {
    const tag = varint();
    const length = varint();
    // Wire type 0 is a number without bytes; the fields above have none.
    if ((tag & 7) !== 2) continue;
    const field = message[tag >>> 3];
    const value = bytes.subarray(offset, offset + length);
    offset += length;
    if (!field) continue;
    const [name, decodeField, kind] = field;
    const decoded = decodeField(value);
    if (kind === 'map') {
      const { key, value: entry } = decoded as { readonly key: string; readonly value: unknown };
      result[name] = { ...(result[name] as object | undefined), [key]: entry ?? '' };
    } else if (decoded !== '') result[name] = decoded;
  }
  return result;
}
