import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Channel } from '../../src/channels/channel.js';
import { ChannelRestorer } from '../../src/journal/channel-restorer.js';
import { FRAME_HEADER } from '../../src/journal/frame.js';
import { SEGMENT_HEADER } from '../../src/journal/segment-header.js';
import { legacyFrames } from '../../src/messages/legacy-frames.js';
import { createChannelsService } from '../fixtures/create-channels-service.js';
import { readMemory, type Segments } from '../fixtures/journal/memory-disk.js';
import { RecordedProcess } from '../fixtures/journal/recorded-channels.js';

const DAMAGES = 600;
const CHANNELS = 60;
const MESSAGES = 40;
const TEXT = 'x'.repeat(900);
const RETENTION = { finished: 300, idle: 3600 };

/** Changes some bytes. Returns the damaged bytes. */
type Damage = (bytes: Buffer, random: () => number) => Buffer;

const DAMAGE_KINDS: Readonly<Record<string, Damage>> = {
  truncated: (bytes, random) => bytes.subarray(0, at(bytes, random)),
  'flipped bits'(bytes, random) {
    const damaged = Buffer.from(bytes);
    for (let i = 0; i < 1 + random() * 8; i++) damaged[at(bytes, random)]! ^= 1 << (random() * 8);
    return damaged;
  },
  'zeroed block': (bytes, random) => replaced(bytes, random, (block) => block.fill(0)),
  garbage: (bytes, random) =>
    replaced(bytes, random, (block) => block.forEach((_, i) => (block[i] = random() * 256))),
  'duplicated block': (bytes, random) =>
    replaced(bytes, random, (block) => bytes.copy(block, 0, at(bytes, random))),
  'inserted block'(bytes, random) {
    const start = at(bytes, random);
    const from = at(bytes, random);
    return Buffer.concat([
      bytes.subarray(0, start),
      bytes.subarray(from, from + 4096),
      bytes.subarray(start),
    ]);
  },
  'missing block'(bytes, random) {
    const start = at(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 4096)]);
  },
  'swapped frames'(bytes, random) {
    const starts = startsOf(bytes);
    const [i, j] = [0, 0].map(() => Math.floor(random() * (starts.length - 1))).toSorted((a, b) => a - b);
    const frame = (k: number): Buffer => bytes.subarray(starts[k], starts[k + 1]);
    const order = starts.slice(0, -1).map((_, k) => frame(k === i ? j! : k === j ? i! : k));
    return Buffer.concat([bytes.subarray(0, SEGMENT_HEADER), ...order]);
  },
  'repeated frame'(bytes, random) {
    const starts = startsOf(bytes);
    const i = Math.floor(random() * (starts.length - 1));
    return Buffer.concat([
      bytes.subarray(0, starts[i + 1]),
      bytes.subarray(starts[i], starts[i + 1]),
      bytes.subarray(starts[i + 1]),
    ]);
  },
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it(`${DAMAGES} damaged journals give their good part, and nothing that was not written`, () => {
  const segments = killedTwice();
  expect(segments.size).toBe(2);
  expect(Math.min(...[...segments.values()].map(({ length }) => length))).toBeGreaterThan(1_000_000);
  const kinds = Object.entries(DAMAGE_KINDS);
  const found = { good: 0, damaged: 0, torn: 0, foreign: 0 };
  let restored = 0;
  for (let seed = 0; seed < DAMAGES; seed++) {
    const random = seeded(seed);
    const [name, damage] = kinds[seed % kinds.length]!;
    const index = random() < 0.5 ? 1 : 2;
    const original = segments.get(index)!;
    const bytes = damage(original, random);
    const { report, service } = restore(new Map([...segments, [index, bytes]]), index);
    const label = `${name}, seed ${seed}`;
    const unchanged = commonLength(original, bytes);
    // All frames before the change are used, and none after it.
    expect(report.good, label).toBe(startsOf(original).findLast((start) => start <= unchanged) ?? 0);
    expect(report.state === 'good', label).toBe(report.good === bytes.length);
    found[report.state]++;
    for (const channel of service.all()) {
      restored++;
      checkContent(channel, label);
    }
    // Stops the timers, which keep the channels in memory.
    service.onApplicationShutdown();
  }
  expect(found.damaged).toBeGreaterThan(DAMAGES / 2);
  expect(found.torn).toBeGreaterThan(20);
  expect(found.good).toBeLessThan(DAMAGES / 20);
  expect(restored).toBeGreaterThan(DAMAGES * 20);
}, 60_000);

/** Two segments: the process of each was killed, the second one before the second segment was complete. */
function killedTwice(): Segments {
  const first = RecordedProcess.start();
  for (let seq = 1; seq <= MESSAGES; seq++) {
    for (let job = 0; job < CHANNELS; job++) first.send(`job-${job}`, commandOf(`job-${job}`, seq));
    vi.advanceTimersByTime(5);
  }
  const second = RecordedProcess.start(first.crash(), { bounds: { copySlice: 50_000 } });
  for (let i = 0; i < 20; i++) vi.advanceTimersByTime(5);
  expect(second.completions).toBe(0);
  return second.crash();
}

/** The content of a message follows from its place, so that a wrong message is recognized without a table. */
function commandOf(id: string, seq: number): string {
  return seq === MESSAGES && Number(id.slice(4)) % 5 === 0 ? 'FINISHED' : `${id} ${seq} ${TEXT}`;
}

function checkContent(channel: Channel, label: string): void {
  let seq = channel.startSeq;
  const { endSeq } = channel;
  while (seq < endSeq) {
    const read = channel.readStored(seq);
    let start = 0;
    for (; seq < read.endSeq; seq++) {
      const end = legacyFrames.endOf(read.bytes, start);
      const { command } = legacyFrames.decode(read.bytes, start, end);
      if (command !== commandOf(channel.id, seq)) expect.fail(`${label}: ${channel.id} ${seq} ${command}`);
      start = end;
    }
  }
}

function restore(segments: Segments, index: number) {
  const service = createChannelsService();
  const restorer = new ChannelRestorer(service);
  const reports = readMemory(segments, () => restorer.segment());
  expect(restorer.isClosed).toBe(false);
  restorer.finish({ isGraceful: false, now: Date.now(), retention: RETENTION });
  return { report: reports[index - 1]!, service };
}

function at(bytes: Buffer, random: () => number): number {
  return Math.floor(random() * bytes.length);
}

/** Changes a block of up to 4 KiB. */
function replaced(bytes: Buffer, random: () => number, change: (block: Buffer) => unknown): Buffer {
  const damaged = Buffer.from(bytes);
  const start = at(bytes, random);
  change(damaged.subarray(start, start + 1 + random() * 4096));
  return damaged;
}

function commonLength(a: Buffer, b: Buffer): number {
  const length = Math.min(a.length, b.length);
  if (a.subarray(0, length).equals(b.subarray(0, length))) return length;
  let i = 0;
  while (a[i] === b[i]) i++;
  return i;
}

const starts = new WeakMap<Buffer, number[]>();

/** The start of each frame of an undamaged segment, and its end. */
function startsOf(bytes: Buffer): number[] {
  let all = starts.get(bytes);
  if (all) return all;
  starts.set(bytes, (all = [SEGMENT_HEADER]));
  for (let start = SEGMENT_HEADER; start < bytes.length;)
    all.push((start += FRAME_HEADER + bytes.readUInt32LE(start)));
  return all;
}

/** Mulberry32: the same numbers for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
