import type { Random } from '../../simulation/random.js';
import {
  zmtpCommand,
  zmtpFrame,
  zmtpGreeting,
  zmtpLongHead,
  zmtpReady,
  ZMTP_FLAGS,
} from '../../fixtures/zmtp-bytes.js';
import { cut, mutate, randomBytes } from '../byte-mutations.js';
import { exchange } from '../raw-connection.js';
import { describeBytes, type FuzzTarget } from '../fuzz-target.js';

const MECHANISMS = ['NULL', 'NULL', 'NULL', 'NULL', 'PLAIN', 'CURVE', 'GSSAPI', '', 'X'.repeat(20)];
const SOCKET_TYPES = ['DEALER', 'DEALER', 'ROUTER', 'REQ', 'PUB', 'NONE', ''];
const COMMANDS = ['READY', 'ERROR', 'SUBSCRIBE', 'PONG', '', 'X'];
/** Beginnings of routing ids. Two peers never have the same id: docs/zeromq.md says what libzmq does then. */
const IDENTITIES = ['\0', 'peer', 'recodex-monitor', 'x'.repeat(239), 'x'.repeat(240), 'y'.repeat(5000)];

/**
 * Milliseconds that a peer waits for the end of its connection, and then resets it. libzmq keeps a connection without
 * peer until its heartbeat; the sockets that are open at the end of the run are counted.
 */
const PATIENCE = 1000;

/** The connection of one peer. */
interface ZmtpInput {
  readonly pieces: readonly Buffer[];
  readonly resets: boolean;
}

/** Raw bytes at the ZeroMQ port: greetings, handshakes and frames of ZMTP 3, whole, cut and mutated. */
export const zmtpTarget: FuzzTarget<ZmtpInput> = {
  name: 'zmtp',
  batch: 500,
  create(random) {
    const kind = random.weighted({ session: 40, mutated: 40, greeting: 15, noise: 5 });
    let bytes = kind === 'noise' ? randomBytes(random, 0, 200) : greeting(random);
    if (kind === 'session' || kind === 'mutated')
      bytes = Buffer.concat([bytes, ready(random), ...frames(random)]);
    if (kind === 'mutated') bytes = mutate(bytes, random);
    // Each byte of a greeting alone: libzmq decides about the version after some of them.
    if (kind === 'greeting') bytes = bytes.subarray(0, random.int(0, bytes.length));
    return { pieces: cut(bytes, random), resets: random.chance(0.2) };
  },
  describe: ({ pieces, resets }) => `send ${describeBytes(...pieces)}${resets ? ', then reset' : ''}`,
  async play(inputs, { daemon }) {
    const port = Number(new URL(daemon.zeromq).port);
    await Promise.all(inputs.map((input) => exchange({ ...input, port, deadline: PATIENCE })));
    return [];
  },
};

function greeting(random: Random): Buffer {
  return zmtpGreeting({
    major: random.chance(0.95) ? 3 : random.pick([0, 1, 2, 4, 255]),
    minor: random.pick([0, 1, 1, 1, 255]),
    mechanism: random.pick(MECHANISMS),
    isServer: random.chance(0.05),
  });
}

function ready(random: Random): Buffer {
  return zmtpReady({
    'Socket-Type': random.pick(SOCKET_TYPES),
    ...(random.chance(0.5) && {
      Identity: random.chance(0.1)
        ? ''
        : `${random.pick(IDENTITIES)}${randomBytes(random, 8, 8).toString('hex')}`,
    }),
    ...(random.chance(0.1) && { 'X-Odd': randomBytes(random, 0, 300).toString('latin1') }),
  });
}

function frames(random: Random): Buffer[] {
  const { more } = ZMTP_FLAGS;
  return Array.from({ length: random.int(0, 6) }, () => {
    const kind = random.weighted({ message: 10, huge: 2, flags: 2, ping: 2, command: 2 });
    if (kind === 'ping') return zmtpCommand('PING', randomBytes(random, 0, 40));
    if (kind === 'command') return zmtpCommand(random.pick(COMMANDS), randomBytes(random, 0, 40));
    if (kind === 'flags') return zmtpFrame(random.int(0, 255), randomBytes(random, 0, 300));
    if (kind === 'huge') return hugeFrame(random);
    return Buffer.concat([zmtpFrame(more, `raw-${random.int(0, 50)}`), zmtpFrame(0, 'NEWS')]);
  });
}

/** The start of a frame that announces up to 2^64 bytes. */
function hugeFrame(random: Random): Buffer {
  const flags = random.pick([0, ZMTP_FLAGS.more, ZMTP_FLAGS.command]);
  return Buffer.concat([
    zmtpLongHead(flags, 2n ** BigInt(random.int(20, 64)) - 1n),
    randomBytes(random, 0, 50),
  ]);
}
