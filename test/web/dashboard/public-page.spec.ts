import { expect, test } from 'vitest';
import { publicPage } from '../../../web/dashboard/public-page.js';

test('a public address is a link', () => {
  expect(publicPage(['http://127.0.0.1:4567', 'http://10.0.0.7:4567'], 'a/b', 'admin.example')).toEqual({
    text: 'http://10.0.0.7:4567/channels/a%2Fb',
    href: 'http://10.0.0.7:4567/channels/a%2Fb',
    note: undefined,
  });
});

test.each([
  ['localhost', 'http://127.0.0.1:4567/channels/job'],
  ['127.0.0.1', 'http://127.0.0.1:4567/channels/job'],
  ['admin.example', undefined],
])('a loopback address is a link only if the dashboard is at one: %s', (host, href) => {
  expect(publicPage(['http://127.0.0.1:4567'], 'job', host)).toMatchObject({
    href,
    note: 'Only on the machine of the monitor.',
  });
});

test.each(['http://0.0.0.0:4567', 'http://[::]:4567', 'ws://0.0.0.0:4567'])(
  'a wildcard address is a hint: %s',
  (listener) => {
    expect(publicPage([listener], 'job', 'localhost')).toMatchObject({
      text: ':4567/channels/job',
      href: undefined,
    });
  },
);

test.each([
  [[], 'job'],
  [['unix:/run/monitor.sock?'], '..'],
  [['no url'], 'job'],
  [['http://10.0.0.7:4567'], '.'],
])('no address is claimed for %j and the id %s', (listeners, id) => {
  expect(publicPage(listeners, id, 'localhost')).toBeUndefined();
});
