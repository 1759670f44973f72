import { describe, expect, it } from 'vitest';
import { findFaults, type CheckedStream, type FaultLimits } from '../../../src/cli/verify/findings.js';
import { StreamCheck } from '../../../src/cli/verify/stream-check.js';
import { VerifyJob } from '../../../src/cli/verify/verify-job.js';
import type { WatchedItem } from '../../../src/cli/verify/watched-item.js';

const ID = 'verify-0-1';
const END: WatchedItem = { end: 'finished' };
const STRICT: FaultLimits = { tolerant: false, maxLatency: 500 };
const TOLERANT: FaultLimits = { tolerant: true, maxLatency: 500 };

function itemsOf(): WatchedItem[] {
  const job = new VerifyJob(ID, 10);
  return Array.from({ length: job.messages }, (_, index) => {
    const [, command, task_id, task_state] = job.nextFrames();
    const task = task_id === undefined ? {} : { task_id, task_state: task_state! };
    return { id: `e-${index + 1}`, command: command!, ...task };
  });
}

/** @param delay milliseconds from the last message to the receipt of all */
function streamOf(items: readonly WatchedItem[], delay = 0, spread = 0): CheckedStream {
  const check = new StreamCheck(ID, true, 10);
  const start = Date.now() + delay;
  for (const [index, item] of items.entries()) check.add(item, start + index * spread);
  return { group: 'v1', check };
}

function kinds(stream: CheckedStream, limits = STRICT): string[] {
  return findFaults([stream], limits).map(({ kind }) => kind);
}

/** The positions of a log that began in the middle of the job. */
const renumbered = (rest: readonly WatchedItem[]): WatchedItem[] =>
  rest.map((item, index) => ({ ...item, id: `f-${index + 1}` }));

it('a complete stream has no faults', () => {
  expect(kinds(streamOf([...itemsOf(), END]))).toEqual([]);
});

it('one finding stands for all streams of a group, with the text of the worst', () => {
  const items = itemsOf();
  const streams = [1, 3, 2].map((count) => streamOf([...items.toSpliced(4, count), END]));
  expect(findFaults(streams, STRICT)).toMatchObject([
    { kind: 'lost', group: 'v1', streams: 3, text: '3 messages are missing' },
  ]);
});

describe('a restart', () => {
  const items = itemsOf();
  const restarted = [
    ...items.slice(0, 4),
    { lost: 'close code 1012 restart' },
    { reset: 'epoch' },
    ...renumbered(items.slice(6)),
    END,
  ];

  it('is a fault unless it is tolerated', () => {
    expect(kinds(streamOf(restarted)).toSorted()).toEqual(['cut', 'reset']);
    expect(kinds(streamOf(restarted), TOLERANT)).toEqual([]);
  });

  it('excuses what the monitor never got, and no gap in the positions', () => {
    const dropped = [
      ...items.slice(0, 4),
      { lost: 'cut' },
      ...items.slice(6).map((item, index) => ({ ...item, id: `e-${index + 5}` })),
      END,
    ];
    expect(kinds(streamOf(dropped)).toSorted()).toEqual(['cut', 'lost-upstream']);
    expect(kinds(streamOf(dropped), TOLERANT)).toEqual([]);
    const gap = [...items.slice(0, 4), { lost: 'cut' }, ...items.slice(6), END];
    expect(kinds(streamOf(gap), TOLERANT)).toEqual(['lost']);
  });

  it('excuses no loss in a stream that was never interrupted', () => {
    const dropped = [
      ...items.slice(0, 4),
      ...items.slice(6).map((item, index) => ({ ...item, id: `e-${index + 5}` })),
      END,
    ];
    expect(kinds(streamOf(dropped), TOLERANT)).toEqual(['lost-upstream']);
  });
});

describe('an end', () => {
  it.each([
    ['without FINISHED', itemsOf().slice(0, -1), ['lost', 'unfinished']],
    ['without a message', [], ['silent']],
    ['with another close code', [...itemsOf(), { end: 'close code 1006' }], ['close']],
  ])('%s is a fault', (_name, items, expected) => {
    expect(kinds(streamOf(items))).toEqual(expected);
  });
});

describe('latency', () => {
  it('above the limit means that a proxy buffers when messages arrive together', () => {
    expect(kinds(streamOf([...itemsOf(), END], 2000))).toEqual(['buffered']);
  });

  it('above the limit means a slow way when messages arrive one by one', () => {
    expect(kinds(streamOf([...itemsOf(), END], 2000, 100))).toEqual(['slow']);
  });
});

it('a stream that never opened has one fault', () => {
  const refused = 'WebSocket upgrade refused: HTTP 400';
  expect(findFaults([{ ...streamOf([]), refused }], STRICT)).toMatchObject([
    { kind: 'refused', text: refused },
  ]);
});
