import { expect, test } from 'vitest';
import { takeToken, type EntryWindow } from '../../web/access-token.js';

const PAGE = 'https://host.example/any/channels/a%2Fb?expected=3';

/** A window whose history has one entry. */
class FakeWindow implements EntryWindow {
  location: URL;
  history = {
    state: null as unknown,
    replaceState: (state: unknown, _unused: string, url: string) => {
      this.history.state = state;
      this.location = new URL(url, this.location);
    },
  };

  constructor(href: string, state: unknown = null) {
    this.location = new URL(href);
    this.history.state = state;
  }
}

test.each([
  [`${PAGE}#token=e30.e30.s-_`, PAGE],
  [`${PAGE}#expected=3&token=e30.e30.s-_`, PAGE],
  [
    'https://host.example//x.example/channels/j#token=e30.e30.s-_',
    'https://host.example//x.example/channels/j',
  ],
])('takes the token out of %s', (href, left) => {
  const page = new FakeWindow(href);
  expect(takeToken(page)).toBe('e30.e30.s-_');
  expect(page.location.href).toBe(left);
});

test('finds the token again after a reload', () => {
  const page = new FakeWindow(`${PAGE}#token=e30.e30.s`);
  takeToken(page);
  expect(takeToken(new FakeWindow(page.location.href, page.history.state))).toBe('e30.e30.s');
});

test('prefers the token of a new link', () => {
  expect(takeToken(new FakeWindow(`${PAGE}#token=new`, { token: 'old' }))).toBe('new');
});

test.each([PAGE, `${PAGE}#`, `${PAGE}#other`, `${PAGE}#token`, `${PAGE}?token=e30.e30.s`])(
  'finds no token in %s',
  (href) => expect(takeToken(new FakeWindow(href))).toBeUndefined(),
);

test('keeps a fragment without a token', () => {
  const page = new FakeWindow(`${PAGE}#other`, { of: 'another script' });
  takeToken(page);
  expect(page).toMatchObject({ location: { hash: '#other' }, history: { state: { of: 'another script' } } });
});
