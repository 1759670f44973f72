import { handshake } from '../../fixtures/raw-http.js';
import {
  closePayload,
  decodeFrames,
  encodeFrame,
  OPCODES,
  type ServerFrame,
} from '../../fixtures/websocket-frames.js';
import type { Random } from '../../simulation/random.js';
import { cut, mutate, randomBytes } from '../byte-mutations.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { ODD_TEXTS } from '../odd-texts.js';
import { describeHttpInput, playHttpInputs, type HttpInput } from './http-exchange.js';

const PATHS = ['/', '/', '/channels/job-1', '/prefix/channels/job-2?after=aaaaaa-1'];

/** Opcodes of frames that the monitor sends. */
const SENT: ReadonlySet<number> = new Set([OPCODES.text, OPCODES.close, OPCODES.ping, OPCODES.pong]);

/** Frames on an open WebSocket: fragments, reserved bits, masks, floods, lengths, UTF-8, control frames, mutated bytes. */
export const websocketTarget: FuzzTarget<HttpInput> = {
  name: 'websocket',
  batch: 200,
  create(random) {
    const frames = Buffer.concat(Array.from({ length: count(random) }, () => frame(random)));
    const bytes = random.chance(0.7) ? frames : mutate(frames, random);
    const waits = random.chance(0.7);
    const head = Buffer.from(handshake(random.pick(PATHS)));
    const pieces = waits ? [head, ...cut(bytes, random)] : [Buffer.concat([head, bytes])];
    return { listener: 'public', pieces, waits, resets: random.chance(0.1), check };
  },
  describe: describeHttpInput,
  play: playHttpInputs,
};

/** The number of frames: a few, or more than a client may send. */
function count(random: Random): number {
  const kind = random.weighted({ few: 95, flood: 5 });
  return kind === 'few' ? random.int(1, 6) : random.int(100, 1000);
}

function frame(random: Random): Buffer {
  const opcode = random.chance(0.9) ? random.pick(Object.values(OPCODES)) : random.int(0, 15);
  const options = {
    fin: random.chance(0.8),
    reserved: random.chance(0.95) ? 0 : random.int(1, 7),
    masked: random.chance(0.97),
  };
  const length = 2n ** BigInt(random.int(0, 64)) - 1n;
  if (random.chance(0.03))
    return encodeFrame(opcode, payload(random, opcode), { ...options, length, lengthBytes: 8 });
  return encodeFrame(opcode, payload(random, opcode), options);
}

function payload(random: Random, opcode: number): Buffer {
  if (opcode === OPCODES.close && random.chance(0.7))
    return closePayload(random.int(0, 5100), random.pick(ODD_TEXTS).slice(0, 40));
  const kind = random.weighted({ id: 40, odd: 30, bytes: 20, long: 10 });
  if (kind === 'id') return Buffer.from(`job-${random.int(0, 20)}`);
  if (kind === 'odd') return Buffer.from(random.pick(ODD_TEXTS));
  if (kind === 'bytes') return randomBytes(random, 0, 130);
  return Buffer.alloc(random.pick([125, 126, 1024, 1025, 4095, 4096, 4097, 65_536]), 'x');
}

/** The frames of the monitor must be valid, whatever the client sends. */
function check(answer: Buffer): string | undefined {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0 || !answer.toString('latin1', 0, 12).endsWith('101')) return undefined;
  return decodeFrames(answer.subarray(end + 4)).frames.every(isValid)
    ? undefined
    : 'an invalid frame of the monitor';
}

function isValid({ fin, reserved, masked, opcode }: ServerFrame): boolean {
  return fin && reserved === 0 && !masked && SENT.has(opcode);
}
