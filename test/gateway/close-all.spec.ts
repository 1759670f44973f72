import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { closeAll, type ClosableConnection } from '../../src/gateway/close-all.js';
import type { CloseCode } from '../../src/gateway/close-codes.js';

class FakeClient implements ClosableConnection {
  closedAt: number | undefined;
  terminatedAt: number | undefined;
  caughtUp = true;
  answers = true;

  constructor(private readonly present: Set<FakeClient>) {
    present.add(this);
  }

  close({ code }: CloseCode): void {
    expect(code).toBe(1012);
    this.closedAt = performance.now();
    if (this.answers) this.present.delete(this);
  }

  terminate(): void {
    this.terminatedAt = performance.now();
    this.present.delete(this);
  }
}

let present: Set<FakeClient>;
let start: number;

beforeEach(() => {
  vi.useFakeTimers();
  present = new Set();
  start = performance.now();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('closeAll', () => {
  it.each([
    { clients: 0, drain: 2, lasts: 0 },
    { clients: 1, drain: 2, lasts: 0 },
    { clients: 4000, drain: 2, lasts: 0 },
    { clients: 9000, drain: 2, lasts: 1000 },
    { clients: 30_000, drain: 2, lasts: 2000 },
    { clients: 30_000, drain: 0, lasts: 0 },
  ])('closes $clients clients in $lasts ms with a drain of $drain s', async ({ clients, drain, lasts }) => {
    const all = Array.from({ length: clients }, () => new FakeClient(present));
    const done = closeAll(present, drain);
    await vi.advanceTimersByTimeAsync(3000);
    await done;
    const times = all.map(({ closedAt }) => closedAt! - start);
    expect(times.filter((time) => time === 0).length).toBeGreaterThanOrEqual(Math.min(clients, 4000));
    expect(Math.max(0, ...times)).toBeGreaterThanOrEqual(lasts - 20);
    expect(Math.max(0, ...times)).toBeLessThanOrEqual(lasts + 20);
  });

  it('terminates a client that does not answer within half a second', async () => {
    const [mute, other] = [new FakeClient(present), new FakeClient(present)];
    mute.answers = false;
    const done = closeAll(present, 2);
    await vi.advanceTimersByTimeAsync(1000);
    await done;
    expect(mute.terminatedAt! - start).toBe(500);
    expect(other.terminatedAt).toBeUndefined();
  });

  it('waits at most half a second for a lagging client', async () => {
    const [slow, stuck] = [new FakeClient(present), new FakeClient(present)];
    slow.caughtUp = stuck.caughtUp = false;
    const done = closeAll(present, 0);
    await vi.advanceTimersByTimeAsync(200);
    expect(slow.closedAt).toBeUndefined();
    slow.caughtUp = true;
    await vi.advanceTimersByTimeAsync(1000);
    await done;
    expect(slow.closedAt! - start).toBe(210);
    expect(stuck).toMatchObject({ closedAt: undefined, terminatedAt: start + 500 });
  });
});
