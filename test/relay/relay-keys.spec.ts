import { describe, expect, it } from 'vitest';
import { relayKeys } from '../../src/relay/relay-keys.js';

describe('the keys beside a stream', () => {
  it.each([
    'recodex:progress',
    'a',
    '{a}',
    '{a}b',
    'a{b}c',
    '{{a}',
    'a{b',
    '{a}{b}',
    'a}b{c}',
    '{a}}',
    'žluť',
    ' ',
  ])('lie in the hash slot of the stream %j', (stream) => {
    const { head, lease } = relayKeys(stream);
    expect([hashed(head), hashed(lease)]).toEqual([hashed(stream), hashed(stream)]);
  });

  it('have other names than the stream', () => {
    const keys = Object.values(relayKeys('{x}'));
    expect(new Set(keys).size).toBe(3);
    expect(relayKeys('{x}').stream).toBe('{x}');
  });
});

/** The part of a name that decides about the hash slot, as the specification of Redis Cluster defines it. */
function hashed(name: string): string {
  const start = name.indexOf('{');
  if (start < 0) return name;
  const end = name.indexOf('}', start + 1);
  return end < 0 || end === start + 1 ? name : name.slice(start + 1, end);
}
