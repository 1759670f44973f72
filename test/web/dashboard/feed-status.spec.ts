import { expect, test } from 'vitest';
import { conditionsOf } from '../../../web/dashboard/conditions.js';
import {
  describeFeed,
  describeRefusal,
  INITIAL_FEED,
  type FeedStatus,
} from '../../../web/dashboard/feed-status.js';
import { sampleAt } from '../../fixtures/web/admin-data.js';

const NOW = 100_000;

test.each<[Partial<FeedStatus>, string, string]>([
  [{}, 'connecting', 'Connecting, no data'],
  [{ state: 'live', heardAt: NOW }, 'live', 'Connected'],
  [{ state: 'live', heardAt: NOW - 3_600_000 }, 'connecting', 'Reconnecting, data is 1 h old'],
  [{ heardAt: NOW - 5000 }, 'connecting', 'Reconnecting, data is 5 s old'],
  [{ state: 'waiting', retryAt: NOW + 1500 }, 'lost', 'Connecting in 2 s, no data'],
  [
    { state: 'waiting', retryAt: NOW - 1, heardAt: NOW - 90_000 },
    'lost',
    'Reconnecting in 0 s, data is 1 min old',
  ],
])('the feed %j looks %s and is described as "%s"', (change, look, label) => {
  expect(describeFeed({ ...INITIAL_FEED, ...change }, NOW)).toEqual({ look, label });
});

test.each([
  [401, 'wants a valid token'],
  [403, 'does not permit the dashboard'],
] as const)('a refusal with %i is explained by the token', (refusedWith, text) => {
  const sentence = describeRefusal({ ...INITIAL_FEED, refusal: 'Unauthorized', refusedWith });
  expect(sentence).toContain(text);
  expect(sentence).toContain('#token=');
});

test('a refusal is explained in the words of the monitor', () => {
  expect(describeRefusal(INITIAL_FEED)).toBeUndefined();
  const text = describeRefusal({ ...INITIAL_FEED, refusal: 'all 10 are in use' });
  expect(text).toMatch(/too many dashboards are open \(all 10 are in use\)\. This page tries again/);
});

test.each([
  [{}, []],
  [{ broker_peers: 0 }, [/No broker is connected/]],
  [{ listening: false, broker_peers: 0 }, [/does not listen for the broker/]],
  [{ state: 'draining' as const }, [/is stopping/]],
  [
    { limits_reached: ['limits.channels', 'limits.total_bytes'] },
    [/limits\.channels/, /limits\.total_bytes/],
  ],
])('the sample %j needs attention for %j', (change, patterns) => {
  const texts = conditionsOf(sampleAt(0, change), INITIAL_FEED);
  expect(texts).toHaveLength(patterns.length);
  for (const [index, pattern] of patterns.entries()) expect(texts[index]).toMatch(pattern);
});

test('without a sample nothing is claimed', () => expect(conditionsOf(undefined, INITIAL_FEED)).toEqual([]));
