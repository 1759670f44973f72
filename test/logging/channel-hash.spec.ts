import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { channelHash } from '../../src/logging/channel-hash.js';

it('names equal ids equally, and different ids differently', () => {
  expect(channelHash('job-1')).toMatch(/^[0-9a-f]{8}$/);
  expect(channelHash('job-1')).toBe(channelHash('job-1'));
  expect(new Set(Array.from({ length: 100 }, (_, index) => channelHash(`job-${index}`))).size).toBe(100);
});

it('depends on a key, so that nobody can compute it from a guessed id', () => {
  expect(createHash('sha256').update('job-1').digest('hex')).not.toContain(channelHash('job-1'));
});

it('accepts any text', () => {
  for (const id of ['', '\0', '\ud800', 'x'.repeat(100_000)]) expect(channelHash(id)).toHaveLength(8);
});
