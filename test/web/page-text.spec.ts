import { expect, test } from 'vitest';
import { channelOf } from '../../web/channel.js';
import { Clock } from '../../web/clock.js';
import { duration } from '../../web/duration.js';
import { expectedTasks } from '../../web/expected.js';
import { plainText } from '../../web/plain-text.js';
import { resultsUrl } from '../../web/results.js';

test.each([
  ['plain <b> & “text”', 'plain <b> & “text”'],
  ['tab\tline\nnul\0', 'tab␉line␊nul␀'],
  ['\u007f\u0085', '␡[U+0085]'],
  ['a\u202eb\u2066c\u200bd\ufeff', 'a[U+202E]b[U+2066]c[U+200B]d[U+FEFF]'],
  ['👩‍👩‍👦 می‌خواهم', '👩‍👩‍👦 می‌خواهم'],
])('%j is shown as %j', (name, shown) => expect(plainText(name)).toBe(shown));

test('a long name is cut between two characters', () => {
  expect(plainText('ab😀cd', 3)).toBe('ab…');
  expect(plainText('ab😀cd', 4)).toBe('ab😀…');
  expect(plainText('x'.repeat(1 << 20))).toHaveLength(301);
});

test.each([
  [-1, '0:00'],
  [7999, '0:07'],
  [754_000, '12:34'],
  [3_723_000, '1:02:03'],
])('%i ms are %s', (ms, text) => expect(duration(ms)).toBe(text));

test.each([
  ['?expected=20', 20],
  ['?expected=0', undefined],
  ['?expected=-1', undefined],
  ['?expected=1e3', undefined],
  ['?expected=99999999', undefined],
  ['', undefined],
])('%s promises %s tasks', (search, expected) => expect(expectedTasks(search)).toBe(expected));

test('the channel is the last segment of the path, and the stream has no query', () => {
  const page = new URL('https://host.example/a/channels/b%2Fc?expected=3');
  expect(channelOf(page)).toEqual({ id: 'b/c', url: 'https://host.example/a/channels/b%2Fc' });
  expect(channelOf(new URL('https://host.example/channels/%ff')).id).toBe('%ff');
});

test('a clock that is wrong is corrected by what is known to be fresh', () => {
  const clock = new Clock();
  clock.opened(100_000);
  clock.heard(40_000, 100_001);
  expect(clock.there(101_000)).toBe(101_000);
  clock.heard(50_000, 110_000);
  expect(clock.there(111_000)).toBe(51_000);

  const behind = new Clock();
  behind.heard(10_000, 4000);
  expect(behind.there(5000)).toBe(11_000);
});

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
])('the results of %s for %j are at %s', (template, id, url) => expect(resultsUrl(template, id)).toBe(url));
