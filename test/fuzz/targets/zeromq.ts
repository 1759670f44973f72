import { Dealer } from 'zeromq';
import { expect, vi } from 'vitest';
import { isExit, isQuotaReason, validate, type RejectReason } from '../../../src/broker/validate.js';
import { defaultSettings } from '../../../src/config/settings.js';
import type { Random } from '../../simulation/random.js';
import { mutate, randomBytes } from '../byte-mutations.js';
import type { FuzzDaemon } from '../fuzz-daemon.js';
import { describeBytes, type FuzzTarget } from '../fuzz-target.js';
import { ODD_TEXTS } from '../odd-texts.js';

const COMMANDS = [
  'DOWNLOADED',
  'STARTED',
  'ENDED',
  'UPLOADED',
  'FINISHED',
  'FAILED',
  'ABORTED',
  'TASK',
  'NEWS',
];
const STATES = ['COMPLETED', 'FAILED', 'SKIPPED', 'completed', ''];
const EXIT = ['0', 'exit'].map((text) => Buffer.from(text));

/** Milliseconds in which a batch must be counted. */
const COUNTED_TIMEOUT = 30_000;

const { limits } = defaultSettings();

/**
 * Multipart messages: near-valid, and of random frames. Each message must be taken, or rejected with the right reason; a
 * valid one may be above a quota.
 */
export const zeromqTarget: FuzzTarget<readonly Buffer[]> = {
  name: 'zeromq',
  batch: 5000,
  create(random) {
    const kind = random.weighted({ nearValid: 70, random: 25, many: 1, large: 3, exit: 1 });
    if (kind === 'exit') return random.chance(0.5) ? EXIT : [...EXIT, Buffer.alloc(0)];
    if (kind === 'random') return Array.from({ length: random.int(1, 8) }, () => frame(random));
    if (kind === 'many') return Array.from({ length: random.int(10, 2000) }, () => randomBytes(random, 0, 2));
    const message = validMessage(random);
    if (kind === 'large') message[random.int(0, message.length - 1)] = large(random);
    return random.chance(0.5) ? message : mutated(message, random);
  },
  describe: (frames) =>
    `send ${frames.length} frames: ${frames
      .slice(0, 8)
      .map((f) => describeBytes(f))
      .join(', ')}`,
  async play(inputs, daemon) {
    const before = await rejections(daemon);
    const expected = { ...before };
    for (const frames of inputs) {
      const reason = rejectionOf(frames);
      if (reason) expected[reason] = (expected[reason] ?? 0) + 1;
    }
    const dealer = new Dealer({ linger: COUNTED_TIMEOUT });
    dealer.connect(daemon.daemon.zeromq);
    for (const frames of inputs) await dealer.send([...frames]);
    try {
      await vi.waitFor(async () => expect(await rejections(daemon)).toEqual(expected), {
        timeout: COUNTED_TIMEOUT,
        interval: 20,
      });
    } catch {
      const got = JSON.stringify(await rejections(daemon));
      return [`Expected the rejected messages ${JSON.stringify(expected)}, got ${got}`];
    } finally {
      dealer.close();
    }
    return [];
  },
};

/** The reason that the daemon must count for a message. */
function rejectionOf(frames: readonly Buffer[]): string | undefined {
  const received = [Buffer.from('routing id'), ...frames];
  return isExit(received) ? 'remote_exit' : validate(received, limits);
}

async function rejections(daemon: FuzzDaemon): Promise<Record<string, number>> {
  const rejected = /^broker_rejected_messages_total\{reason="(.*)"\}$/;
  return Object.fromEntries(
    Object.entries(await daemon.metrics()).flatMap(([name, value]) => {
      const reason = rejected.exec(name)?.[1];
      return reason === undefined || isQuotaReason(reason as RejectReason) ? [] : [[reason, value]];
    }),
  );
}

function validMessage(random: Random): Buffer[] {
  const command = random.pick(COMMANDS);
  const texts = [`job-${random.int(0, 200)}`, command];
  if (command === 'TASK') texts.push(`task-${random.int(0, 50)}`, random.pick(STATES));
  return texts.map((text) => Buffer.from(text));
}

/** Removes, repeats, replaces or changes some frames. */
function mutated(message: Buffer[], random: Random): Buffer[] {
  for (let i = random.int(1, 3); i > 0; i--) {
    const at = random.int(0, message.length - 1);
    const change = random.pick(['remove', 'repeat', 'replace', 'mutate'] as const);
    if (change === 'remove' && message.length > 1) message.splice(at, 1);
    else if (change === 'repeat') message.splice(at, 0, message[at]!);
    else if (change === 'replace') message[at] = frame(random);
    else message[at] = mutate(message[at]!, random);
  }
  return message;
}

function frame(random: Random): Buffer {
  if (random.chance(0.5)) return Buffer.from(random.pick(ODD_TEXTS));
  return randomBytes(random, 0, 20);
}

/** A frame around one of the limits. */
function large(random: Random): Buffer {
  const size = random.pick([1023, 1024, 1025, 60_000, 65_535, 65_536, 200_000]);
  return Buffer.alloc(size, random.pick(['x', '\u00e9', '\u20ac', '\0']));
}
