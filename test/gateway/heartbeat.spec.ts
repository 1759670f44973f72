import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Heartbeat, type Beating } from '../../src/gateway/heartbeat.js';

describe('A heartbeat', () => {
  const settings = { interval: 3600 };
  const beat = vi.fn<() => void>();
  let heartbeat: Heartbeat<Beating>;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate'] });
    settings.interval = 3600;
    beat.mockReset();
    heartbeat = new Heartbeat<Beating>(settings, () => {});
    heartbeat.add({ beat });
  });
  afterEach(() => {
    heartbeat.stop();
    vi.useRealTimers();
  });

  it('comes once per interval', async () => {
    await vi.advanceTimersByTimeAsync(3_601_000);
    expect(beat).toHaveBeenCalledTimes(1);
  });

  it('takes a shorter interval into account at once when it is told', async () => {
    settings.interval = 20;
    heartbeat.reschedule();
    await vi.advanceTimersByTimeAsync(21_000);
    expect(beat).toHaveBeenCalledTimes(1);
  });

  it('is not postponed by reloads that do not change the interval', async () => {
    for (let second = 0; second < 3601; second++) {
      heartbeat.reschedule();
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(beat).toHaveBeenCalledTimes(1);
  });
});
