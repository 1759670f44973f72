import { describe, expect, it, vi } from 'vitest';
import { readRedisFacts, warnOfEviction } from '../../src/relay/redis-advice.js';

function linkTo(facts: Readonly<Record<string, string>>) {
  const all = {
    redis_version: '7.0.15',
    maxmemory: '0',
    maxmemory_human: '0B',
    maxmemory_policy: 'noeviction',
    aof_enabled: '0',
    ...facts,
  };
  const lines = Object.entries(all).map(([key, value]) => `${key}:${value}`);
  return { command: () => Promise.resolve(Buffer.from(`# Server\r\n${lines.join('\r\n')}\r\n`)) };
}

describe('the facts about Redis', () => {
  it('are read from INFO', async () => {
    expect(await readRedisFacts(linkTo({}))).toEqual({
      version: '7.0.15',
      policy: 'noeviction',
      mayEvict: false,
      isDurable: false,
    });
    expect(await readRedisFacts(linkTo({ aof_enabled: '1' }))).toMatchObject({ isDurable: true });
  });

  it('are unknown without the permission for INFO', async () => {
    const link = { command: () => Promise.reject(new Error('NOPERM')) };
    const warn = vi.fn<(line: object) => void>();
    expect(await readRedisFacts(link)).toBeUndefined();
    await warnOfEviction(link, { warn });
    expect(warn).not.toHaveBeenCalled();
  });

  it.each([
    ['allkeys-lru', '1000000', true],
    // The lease is a key that expires.
    ['volatile-lru', '1000000', true],
    ['noeviction', '1000000', false],
    // Without maxmemory Redis removes nothing.
    ['allkeys-lru', '0', false],
  ])('lead to a warning: %s with maxmemory %s: %s', async (maxmemory_policy, maxmemory, isWarned) => {
    const warn = vi.fn<(line: object) => void>();
    await warnOfEviction(linkTo({ maxmemory_policy, maxmemory }), { warn });
    expect(warn).toHaveBeenCalledTimes(isWarned ? 1 : 0);
    if (isWarned) expect(warn.mock.lastCall![0]).toMatchObject({ 'maxmemory-policy': maxmemory_policy });
  });
});
