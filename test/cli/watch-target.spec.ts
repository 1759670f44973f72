import { describe, expect, it } from 'vitest';
import { parseWatchedJob } from '../../src/cli/watch-target.js';

describe('the job of watch', () => {
  it.each(['demo', 'a/b', 'c:d', 'channels/x', 'a/channels/x', 'a:b/x', '-1'])('is the id %j', (id) => {
    expect(parseWatchedJob(id)).toEqual({ id });
  });

  it.each([
    ['http://127.0.0.1:4567/channels/demo', 'http://127.0.0.1:4567', 'demo'],
    ['https://example.org/a/monitor/channels/a%2Fb%20%C5%BE', 'https://example.org/a/monitor', 'a/b ž'],
    ['https://example.org/channels/channels/x/', 'https://example.org/channels', 'x'],
    ['wss://user:pass@example.org/m/channels/%25', 'wss://user:pass@example.org/m', '%'],
    ['HTTP://EXAMPLE.org/channels/D', 'http://example.org', 'D'],
  ])('comes from the URL of a page: %s', (url, base, id) => {
    expect(parseWatchedJob(url)).toMatchObject({ base, id });
  });

  it('comes with the token, the position and the number of tasks of the URL', () => {
    const url = 'https://example.org/channels/demo?expected=20&after=b9606d01bb83-2&embed#token=e30.e30.x';
    expect(parseWatchedJob(url)).toEqual({
      id: 'demo',
      base: 'https://example.org',
      token: 'e30.e30.x',
      after: 'b9606d01bb83-2',
      expected: 20,
    });
  });

  it.each(['?expected=many', '?expected=0', '?expected', ''])('has no number of tasks with %j', (query) => {
    expect(parseWatchedJob(`https://example.org/channels/demo${query}`).expected).toBeUndefined();
  });

  it.each([
    ['https://example.org/monitor/', "expected the URL of a job's page"],
    ['https://example.org/channels/', "expected the URL of a job's page"],
    ['https://example.org/channels/a/b', "expected the URL of a job's page"],
    ['https://example.org/channels/%ff', 'a job id that is encoded for URLs'],
    ['https://', 'expected an address such as'],
    ['ftp://example.org/channels/a', 'expected an address such as'],
    ['file:///channels/a', 'expected an address such as'],
    ['example.org/monitor/channels/a', 'expected https:// or http://'],
    ['127.0.0.1:4567/channels/a', 'expected https:// or http://'],
    ['localhost/channels/a?expected=2', 'expected https:// or http://'],
    ['https://example.org/channels/a?after=2', 'expected a position such as'],
  ])('is not in the URL %s, and the error does not contain the URL', (url, text) => {
    expect(() => parseWatchedJob(`${url}#token=secret`)).toThrow(text);
    expect(() => parseWatchedJob(`${url}#token=secret`)).not.toThrow(/secret/);
  });
});
