import type { Random } from '../simulation/random.js';

/** Bytes at which parsers change their state. */
const BORDERS = [0x00, 0x01, 0x09, 0x0a, 0x0d, 0x20, 0x2f, 0x3a, 0x7d, 0x7e, 0x7f, 0x80, 0xc0, 0xfe, 0xff];

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  function flipBit(bytes, random) {
    const copy = Buffer.from(bytes);
    const at = random.int(0, copy.length - 1);
    copy[at] = copy[at]! ^ (1 << random.int(0, 7));
    return copy;
  },
  function replaceByte(bytes, random) {
    const copy = Buffer.from(bytes);
    copy[random.int(0, copy.length - 1)] = random.pick(BORDERS);
    return copy;
  },
  function insertBytes(bytes, random) {
    const at = random.int(0, bytes.length);
    return Buffer.concat([bytes.subarray(0, at), randomBytes(random, 1, 8), bytes.subarray(at)]);
  },
  function removeBlock(bytes, random) {
    const [start, end] = block(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  function repeatBlock(bytes, random) {
    const [start, end] = block(bytes, random);
    const times = random.pick([1, 1, 2, 10, 100]);
    const repeated = Array.from({ length: times }, () => bytes.subarray(start, end));
    return Buffer.concat([bytes.subarray(0, end), ...repeated, bytes.subarray(end)]);
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random.int(0, bytes.length));
  },
  function moveBlock(bytes, random) {
    const [start, end] = block(bytes, random);
    const rest = Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
    const at = random.int(0, rest.length);
    return Buffer.concat([rest.subarray(0, at), bytes.subarray(start, end), rest.subarray(at)]);
  },
];

/** Changes bytes at one to four places. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let mutated = bytes;
  for (let i = random.int(1, 4); i > 0 && mutated.length > 0; i--)
    mutated = random.pick(MUTATIONS)(mutated, random);
  return mutated;
}

/** Changes a text as `mutate` changes its bytes. The text may become invalid UTF-8, which decodes to U+FFFD. */
export function mutateText(text: string, random: Random): string {
  return mutate(Buffer.from(text), random).toString();
}

export function randomBytes(random: Random, shortest: number, longest: number): Buffer {
  const bytes = Buffer.alloc(random.int(shortest, longest));
  for (let i = 0; i < bytes.length; i++) bytes[i] = random.int(0, 255);
  return bytes;
}

/** Cuts bytes into one to five pieces, which are sent in a packet each. */
export function cut(bytes: Buffer, random: Random): Buffer[] {
  const places = Array.from({ length: random.int(0, 4) }, () => random.int(0, bytes.length));
  const borders = [0, ...places.toSorted((a, b) => a - b), bytes.length];
  return borders.slice(1).map((end, i) => bytes.subarray(borders[i], end));
}

function block(bytes: Buffer, random: Random): [number, number] {
  const start = random.int(0, bytes.length);
  return [start, Math.min(bytes.length, start + random.int(1, 64))];
}
