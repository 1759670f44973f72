import { beforeEach, describe, expect, it } from 'vitest';
import { ChannelCounters } from '../../src/channels/channel-counters.js';
import { Producers, PRODUCERS_PER_CHANNEL, type ProducerStamp } from '../../src/channels/producers.js';

let counters: ChannelCounters;
let producers: Producers;

beforeEach(() => {
  counters = new ChannelCounters();
  producers = new Producers(counters);
});

function stamp(epoch: number, seq: number, id = 'ci'): ProducerStamp {
  return { id, epoch, seq };
}

describe('a producer that is not known', () => {
  it('starts with 0, in any epoch', () => {
    expect(producers.decide(stamp(0, 0))).toEqual({ kind: 'accepted' });
    expect(producers.decide(stamp(7, 0))).toEqual({ kind: 'accepted' });
  });

  it('starts with no other number', () => {
    expect(producers.decide(stamp(0, 3))).toEqual({ kind: 'gap', expectedSeq: 0 });
  });

  it('is not changed by a decision', () => {
    producers.decide(stamp(0, 0));
    expect([...producers]).toEqual([]);
  });
});

describe('a known producer', () => {
  beforeEach(() => producers.record(stamp(2, 5)));

  it.each([
    ['the next request', 2, 6, { kind: 'accepted' }],
    ['the last request again', 2, 5, { kind: 'repeated', last: { id: 'ci', epoch: 2, seq: 5 } }],
    ['an older request', 2, 0, { kind: 'repeated', last: { id: 'ci', epoch: 2, seq: 5 } }],
    ['a request after missing requests', 2, 8, { kind: 'gap', expectedSeq: 6 }],
    ['a request of an old epoch', 1, 6, { kind: 'stale_epoch', epoch: 2 }],
    ['the start of a new epoch', 9, 0, { kind: 'accepted' }],
    ['a new epoch that does not start with 0', 3, 6, { kind: 'epoch_not_at_start' }],
  ])('sends %s', (_name, epoch, seq, decision) => {
    expect(producers.decide(stamp(epoch, seq))).toEqual(decision);
  });

  it('is independent of other producers', () => {
    expect(producers.decide(stamp(0, 0, 'other'))).toEqual({ kind: 'accepted' });
  });

  it('continues after the largest number', () => {
    producers.record(stamp(2, Number.MAX_SAFE_INTEGER - 1));
    expect(producers.decide(stamp(2, Number.MAX_SAFE_INTEGER))).toEqual({ kind: 'accepted' });
  });
});

it('the newest producers are those of the last requests', () => {
  for (const id of ['a', 'b', 'c', 'a']) producers.record(stamp(0, 0, id));
  expect(producers.newest(2).map(({ id }) => id)).toEqual(['c', 'a']);
  expect(producers.newest(9).map(({ id }) => id)).toEqual(['b', 'c', 'a']);
  expect(producers.recorded).toBe(4);
});

describe('too many producers', () => {
  beforeEach(() => {
    for (let i = 0; i < PRODUCERS_PER_CHANNEL; i++) producers.record(stamp(0, 0, `p${i}`));
    producers.record(stamp(0, 1, 'p0'));
    producers.record(stamp(0, 0, 'new'));
  });

  it('make the one leave that has been silent longest', () => {
    expect(producers.decide(stamp(0, 1, 'p1'))).toEqual({ kind: 'gap', expectedSeq: 0 });
    expect(producers.decide(stamp(0, 1, 'p0'))).toMatchObject({ kind: 'repeated' });
    expect(producers.decide(stamp(0, 1, 'p2'))).toEqual({ kind: 'accepted' });
  });

  it('are counted', () => {
    expect(counters).toMatchObject({ producers: PRODUCERS_PER_CHANNEL, evictedProducers: 1 });
    producers.clear();
    expect(counters.producers).toBe(0);
    expect(producers.bytes).toBe(0);
  });
});

it('are restored from their stamps', () => {
  for (let i = 0; i < PRODUCERS_PER_CHANNEL; i++) producers.record(stamp(i, 0, `p${i}`));
  producers.record(stamp(0, 1, 'p0'));
  const restored = new Producers(new ChannelCounters());
  for (const each of JSON.parse(JSON.stringify([...producers])) as ProducerStamp[]) restored.record(each);
  restored.record(stamp(0, 0, 'new'));
  producers.record(stamp(0, 0, 'new'));
  expect([...restored]).toEqual([...producers]);
  expect(restored.bytes).toBe(producers.bytes);
});
