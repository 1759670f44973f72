import { describe, expect, it } from 'vitest';
import { channelUrl } from '../../client/client.js';

describe('channelUrl', () => {
  it.each([
    ['http://host', 'j', 'http://host/channels/j'],
    ['https://host/monitor/', 'a/b c?#%ü', 'https://host/monitor/channels/a%2Fb%20c%3F%23%25%C3%BC'],
    ['ws://host/monitor', '...', 'ws://host/monitor/channels/...'],
  ])('for the base %s and the id "%s"', (base, id, url) => {
    expect(channelUrl(base, id).href).toBe(url);
  });

  it('throws for an id that no URL can contain', () => {
    for (const id of ['.', '..']) expect(() => channelUrl('http://host', id)).toThrow(RangeError);
    expect(() => channelUrl('http://host', '\ud800')).toThrow(URIError);
  });

  it.each([undefined, null, 7, {}])('throws for the id %j, which is no string', (id) => {
    expect(() => channelUrl('http://host', id as string)).toThrow(
      new TypeError(`channelUrl() expected a channel id, got ${typeof id}`),
    );
  });

  it.each([undefined, null, 7, '', 'host', 'ftp://host'])(
    'throws for the base %j, which is no URL of a monitor',
    (base) => {
      expect(() => channelUrl(base as string, 'j')).toThrow(
        new TypeError(
          `channelUrl() expected the http(s) or ws(s) URL of a monitor, got ${typeof base} ${String(base)}`,
        ),
      );
    },
  );
});
