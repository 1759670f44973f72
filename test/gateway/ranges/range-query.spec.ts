import { describe, expect, it } from 'vitest';
import { readRangeQuery } from '../../../src/gateway/ranges/range-query.js';

describe('readRangeQuery', () => {
  it('reads the three parameters and ignores others', () => {
    expect(readRangeQuery('/channels/a?limit=1000&x=1&epoch=5f3a&from=12')).toEqual({
      from: 12,
      limit: 1000,
      epoch: '5f3a',
    });
  });

  it.each(['/channels/a/messages.ndjson', '/channels/a/messages.ndjson?'])('has defaults: %s', (url) => {
    expect(readRangeQuery(url)).toEqual({ from: undefined, limit: 1000, epoch: undefined });
  });

  it.each([
    ['from=', 'from: expected the number of a message, from 1, got ""'],
    ['from=0', 'from: expected the number of a message, from 1, got "0"'],
    ['from=-1', 'got "-1"'],
    ['from=1.5', 'got "1.5"'],
    ['from=1e3', 'got "1e3"'],
    ['from=01', 'got "01"'],
    ['from=9999999999999999', 'got "9999999999999999"'],
    ['from=1&from=2', 'got ["1","2"]'],
    ['limit=0', 'limit: expected a number of messages from 1 to 1000, got "0"'],
    ['limit=1001', 'got "1001"'],
    ['limit=10000', 'got "10000"'],
    ['limit=all', 'got "all"'],
    ['epoch=', 'epoch: expected the first part of a position, such as 5f3a9c21b0d4, got ""'],
    ['epoch=a-1', 'got "a-1"'],
    ['epoch=%0d%0aX: y', String.raw`got "\r\nX: y"`],
  ])('says what is wrong with %s', (query, problem) => {
    expect(() => readRangeQuery(`/channels/a?${query}`)).toThrow(problem);
  });

  it('lists all problems', () => {
    expect(() => readRangeQuery('/?from=x&limit=y&epoch=!')).toThrow(/^from: .*; limit: .*; epoch: .*$/);
  });
});
