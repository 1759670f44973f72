import { describe, expect, it } from 'vitest';
import { originMatcher, parseOrigin } from '../../src/config/origin.js';

function matches(pattern: string, origin: string): boolean {
  const matcher = originMatcher(parseOrigin(pattern)!);
  return typeof matcher === 'string' ? matcher === origin : matcher.test(origin);
}

describe('An origin', () => {
  it.each([
    ['https://recodex.example.org', 'https://recodex.example.org'],
    ['https://Recodex.example.org/', 'https://recodex.example.org'],
    ['https://example.org:443', 'https://example.org'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    [' https://*.Example.org ', 'https://*.example.org'],
    ['https://*.example.org:8443', 'https://*.example.org:8443'],
    ['https://*.mü.example', 'https://*.xn--m-eha.example'],
    ['*', '*'],
  ])('is %s', (text, origin) => {
    expect(parseOrigin(text)).toBe(origin);
    expect(parseOrigin(origin)).toBe(origin);
  });

  it.each([
    'example.org',
    '*.example.org',
    'https://*',
    'https://*:8080',
    'https://*.',
    'https://*..org',
    'https://a.*.org',
    'https://a*.example.org',
    'https://*example.org',
    'https://*.*.org',
    'https://%2a.example.org',
    'https://*.1.2.3.4',
    'https://*.example.org/path',
    'https://*.example.org?',
    'https://user@*.example.org',
    'https://*.a@example.org',
    'https://a;script-src',
    'https://a,b',
    "https://a'b",
    'ftp://example.org',
    'file:///etc',
    'null',
    '',
    5,
    null,
  ])('is not %j', (text) => {
    expect(parseOrigin(text)).toBeUndefined();
  });
});

describe('A pattern for subdomains', () => {
  it.each(['https://a.example.org', 'https://a.b-c.example.org', 'https://xn--m-eha.example.org'])(
    'matches %s',
    (origin) => expect(matches('https://*.example.org', origin)).toBe(true),
  );

  it.each([
    'https://example.org',
    'https://.example.org',
    'https://evil-example.org',
    'https://evilexample.org',
    'https://a.example.org.evil',
    'https://a.example.orgevil',
    'https://a.exampleXorg',
    'https://evil/a.example.org',
    'https://evil#.example.org',
    'https://evil:1.example.org',
    'https://u@a.example.org',
    'http://a.example.org',
    'https://a.example.org:8443',
    'https://a.example.org\n',
    'null',
  ])('does not match %j', (origin) => expect(matches('https://*.example.org', origin)).toBe(false));

  it('with a port matches that port only', () => {
    expect(matches('https://*.example.org:8443', 'https://a.example.org:8443')).toBe(true);
    expect(matches('https://*.example.org:8443', 'https://a.example.org')).toBe(false);
  });
});
