import { expect, it } from 'vitest';
import { StreamLatencies } from '../../../src/cli/verify/stream-latencies.js';

function latenciesOf(...pairs: [sentAt: number, receivedAt: number][]): StreamLatencies {
  const latencies = new StreamLatencies();
  for (const [sentAt, receivedAt] of pairs) latencies.add(sentAt, receivedAt);
  return latencies;
}

it('computes percentiles of what was added, also after it was asked', () => {
  const latencies = latenciesOf([0, 30], [0, 10], [0, 20]);
  expect([0, 0.5, 0.99, 1].map((share) => latencies.percentile(share))).toEqual([10, 20, 30, 30]);
  latencies.add(0, 5);
  expect(latencies.percentile(0)).toBe(5);
  expect(new StreamLatencies().percentile(0.5)).toBeUndefined();
});

it('keeps the latency of the first message, the longer one of two streams', () => {
  const latencies = latenciesOf([0, 30], [0, 100]);
  expect(latencies.first).toBe(30);
  latencies.merge(latenciesOf([0, 50]));
  latencies.merge(new StreamLatencies());
  expect(latencies).toMatchObject({ first: 50, count: 3 });
});

it('counts the messages that arrive together', () => {
  expect(latenciesOf([0, 100], [10, 101], [20, 102], [30, 200]).burst).toBe(3);
});
