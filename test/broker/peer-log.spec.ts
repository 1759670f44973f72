import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PeerLog } from '../../src/broker/peer-log.js';

describe('PeerLog', () => {
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

  it('logs the first change at once, and the changes of the next ten seconds in one line', () => {
    log.changed(1);
    expect(lines).toEqual([{ message: 'Broker connected', peers: 1 }]);
    for (let i = 0; i < 1000; i++) log.changed(i % 2);
    log.changed(0);
    expect(lines).toHaveLength(1);
    vi.advanceTimersByTime(10_000);
    expect(lines[1]).toEqual({ message: 'Broker disconnected', peers: 0, changes: 1001 });
  });

  it('logs a change at once again after ten quiet seconds', () => {
    log.changed(1);
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(1);
    log.changed(0);
    expect(lines[1]).toEqual({ message: 'Broker disconnected', peers: 0 });
  });

  it('logs nothing after stop', () => {
    log.changed(1);
    log.changed(0);
    log.stop();
    log.changed(1);
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(1);
  });
});
