import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PeerCount } from '../../src/broker/peer-count.js';
import { PeerLog } from '../../src/broker/peer-log.js';

type Event = 'accepted' | 'greeted' | 'ended';

describe('the count of links', () => {
  it.each<[string, number, Event[]]>([
    ['a broker', 1, ['accepted', 'greeted']],
    ['a broker that has gone', 0, ['accepted', 'greeted', 'ended']],
    ['a port scan', 0, ['accepted', 'ended']],
    ['a port scan beside a broker', 1, ['accepted', 'greeted', 'accepted', 'ended']],
    ['a link that says nothing', 0, ['accepted']],
    [
      'a broker that goes while a link says nothing',
      0,
      ['accepted', 'greeted', 'accepted', 'ended', 'ended'],
    ],
    ['a broker that came back', 1, ['accepted', 'greeted', 'ended', 'accepted', 'greeted']],
    [
      'a broker that takes over from its dead link',
      1,
      ['accepted', 'greeted', 'accepted', 'greeted', 'ended'],
    ],
    ['events that were missed', 0, ['ended', 'ended']],
    ['a broker after events that were missed', 1, ['ended', 'greeted']],
  ])('%s: %i', (_name, peers, events) => {
    const count = new PeerCount();
    for (const event of events) {
      count[event]();
      expect(count.peers).toBeGreaterThanOrEqual(0);
    }
    expect(count.peers).toBe(peers);
  });
});

describe('the log of links', () => {
  const lines: object[] = [];
  let log: PeerLog;

  beforeEach(() => {
    vi.useFakeTimers();
    lines.length = 0;
    log = new PeerLog({ log: (line: object) => lines.push(line) });
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells a change at once, and the changes that follow in one line', () => {
    log.changed(1);
    expect(lines).toEqual([{ message: 'Broker connected', peers: 1 }]);
    for (let i = 0; i < 1000; i++) log.changed(i % 2);
    log.changed(0);
    expect(lines).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    expect(lines[1]).toEqual({ message: 'Broker disconnected', peers: 0, changes: 1001 });
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(2);
    log.changed(1);
    expect(lines[2]).toEqual({ message: 'Broker connected', peers: 1 });
  });

  it('says nothing after it was stopped', () => {
    log.changed(1);
    log.changed(0);
    log.stop();
    log.changed(1);
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(1);
  });
});
