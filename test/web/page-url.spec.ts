import { expect, test } from 'vitest';
import { expectedTasks } from '../../web/expected-tasks.js';
import { resultsUrl } from '../../web/results-url.js';
import { channelOfPage } from '../../web/watched-channel.js';

test('the id is the last segment of the path, and the URL of the stream has no query', () => {
  const page = new URL('https://host.example/a/channels/b%2Fc?expected=3');
  expect(channelOfPage(page)).toEqual({ id: 'b/c', url: 'https://host.example/a/channels/b%2Fc' });
  expect(channelOfPage(new URL('https://host.example/channels/%ff')).id).toBe('%ff');
});

test.each([
  ['?expected=20', 20],
  ['?expected=0', undefined],
  ['?expected=-1', undefined],
  ['?expected=1e3', undefined],
  ['?expected=99999999', undefined],
  ['', undefined],
])('the query "%s" announces %s tasks', (search, expected) => expect(expectedTasks(search)).toBe(expected));

test.each([
  [
    'https://host.example/solutions/{id}',
    'a/b ü&?#$&',
    'https://host.example/solutions/a%2Fb%20%C3%BC%26%3F%23%24%26',
  ],
  ['http://host.example/?s={id}&t={id}', 'j', 'http://host.example/?s=j&t=j'],
  ['https://host.example/solutions/{id}', '__proto__', 'https://host.example/solutions/__proto__'],
  ['https://host.example/solutions/{id}', '\ud800', undefined],
  ['javascript:alert({id})', '1', undefined],
  ['{id}', 'javascript:alert(1)', undefined],
  ['/solutions/{id}', 'j', undefined],
  ['', 'j', undefined],
  [undefined, 'j', undefined],
])('the template %s with the id %j gives the URL %s', (template, id, url) => {
  expect(resultsUrl(template, id)).toBe(url);
});
