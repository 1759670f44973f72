import { describe, expect, it } from 'vitest';
import { conditionsOf } from '../../../web/dashboard/conditions.js';
import { describeLag, describeLease, needsBroker } from '../../../web/dashboard/relay-state.js';
import { relayPart, sampleAt } from '../../fixtures/web/admin-data.js';

const LIVE = { state: 'live', heardAt: 0, retryAt: 0, refusal: undefined, refusedWith: undefined } as const;

describe('the relay', () => {
  it.each([
    ['an edge that has everything', {}, []],
    ['an edge without Redis', { state: 'away', stale: true }, ['Clients get no new messages']],
    ['nobody with the lease', { stale: true, led: false }, ['No process has the lease']],
    ['an edge that is behind', { stale: true, lag_entries: 1, lag_seconds: 2 }, ['behind by 1 entry, 2 s']],
    ['a standby without a broker', { role: 'ingest', state: 'standby' }, []],
    ['a process that leads', { role: 'all', state: 'leading' }, ['does not listen for the broker']],
  ] as const)('needs attention: %s', (_name, change, expected) => {
    const sample = sampleAt(0, { listening: false, broker_peers: 0, relay: relayPart(change) });
    const conditions = conditionsOf(sample, LIVE);
    expect(conditions).toEqual(expected.map((text) => expect.stringContaining(text) as string));
  });

  it('says what a process does that takes messages without Redis', () => {
    const relay = relayPart({ role: 'ingest', state: 'away', buffer_bytes: 40_000_000 });
    expect(conditionsOf(sampleAt(0, { relay }), LIVE)).toEqual([
      expect.stringContaining('Messages wait in this process'),
      expect.stringContaining('more than half full (40 MB of 67.1 MB)'),
    ]);
  });

  it('is described in words', () => {
    expect(describeLag(relayPart())).toBe('none');
    expect(describeLag(relayPart({ lag_entries: 1200, lag_seconds: 0.5 }))).toBe('1,200 entries, 500 ms');
    expect(describeLease(relayPart())).toBe('held by another process');
    expect(describeLease(relayPart({ led: false }))).toBe('held by nobody');
    expect(describeLease(relayPart({ state: 'leading' }))).toBe('held by this process');
    expect(describeLease(relayPart({ state: 'away' }))).toBe('unknown');
    expect(needsBroker(null, false)).toBe(true);
    expect(needsBroker(relayPart(), true)).toBe(false);
  });
});
