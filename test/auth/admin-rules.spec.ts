import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { demandScope, isPublicOnAdmin } from '../../src/auth/admin-rules.js';
import { TokenClaims } from '../../src/auth/token-claims.js';
import { TokenFault } from '../../src/auth/token-fault.js';

function request(method: string, url: string): IncomingMessage {
  return { method, url } as IncomingMessage;
}

function outcome(method: string, url: string, claims: object): string {
  try {
    demandScope(request(method, url), TokenClaims.read({ exp: 1, ...claims }));
    return 'permitted';
  } catch (error) {
    if (error instanceof TokenFault) return error.reason;
    throw error;
  }
}

describe('the admin listener', () => {
  it.each([
    '/',
    '/?x',
    '/health/live',
    '/health/ready',
    '/assets/a.js',
    '/api',
    '/api/swagger-ui.css',
    '/api-json',
  ])('serves %s without a token', (url) => {
    expect([isPublicOnAdmin(request('GET', url)), isPublicOnAdmin(request('HEAD', url))]).toEqual([
      true,
      true,
    ]);
    expect(isPublicOnAdmin(request('POST', url))).toBe(false);
  });

  it.each([
    '/status',
    '/metrics',
    '/channels',
    '/channels/j',
    '/events',
    '/history',
    '/log-level',
    '/HEALTH/live',
  ])('demands a token for %s', (url) => {
    expect(isPublicOnAdmin(request('GET', url))).toBe(false);
  });

  it.each([
    '//status',
    '/assets/../status',
    '/api/../status',
    '/health/live/',
    '/api//x',
    '/api/x\\..\\status#',
    '/assets/%2e%2e%2fstatus',
    'http://x/api',
    '*',
  ])('demands a token for an unusual spelling: %s', (url) => {
    expect(isPublicOnAdmin(request('GET', url))).toBe(false);
  });
});

describe('a scope', () => {
  it('admin permits everything', () => {
    expect(outcome('DELETE', '/channels/j', { scope: 'admin' })).toBe('permitted');
    expect(outcome('POST', '/channels/j', { scope: 'x admin' })).toBe('permitted');
  });

  it('publish permits to publish to the channels of the token, and nothing else', () => {
    const claims = { scope: 'publish', channels: ['build-*', 'a b'] };
    expect(outcome('POST', '/channels/build-1', claims)).toBe('permitted');
    expect(outcome('POST', '/channels/build-1?x=1', claims)).toBe('permitted');
    expect(outcome('POST', '/channels/a%20b', claims)).toBe('permitted');
    expect(outcome('POST', '/channels/other', claims)).toBe('channel');
    expect(outcome('GET', '/channels/build-1', claims)).toBe('scope');
    expect(outcome('DELETE', '/channels/build-1', claims)).toBe('scope');
    expect(outcome('POST', '/-/reload', claims)).toBe('scope');
  });

  it('metrics permits to read /metrics, and nothing else', () => {
    const claims = { scope: 'metrics', channels: ['*'] };
    for (const [method, url] of [
      ['GET', '/metrics'],
      ['HEAD', '/metrics'],
      ['GET', '/metrics?x=1'],
    ] as const)
      expect(outcome(method, url, claims)).toBe('permitted');
    for (const url of ['/status', '/channels', '/metrics/', '//metrics', '/metrics/../status', '/Metrics'])
      expect(outcome('GET', url, claims)).toBe('scope');
    expect(outcome('POST', '/metrics', claims)).toBe('scope');
    expect(outcome('POST', '/channels/j', claims)).toBe('scope');
    expect(outcome('POST', '/-/reload', claims)).toBe('scope');
  });

  it('metrics and publish permit both together', () => {
    const claims = { scope: 'metrics publish', channels: ['j'] };
    expect(outcome('GET', '/metrics', claims)).toBe('permitted');
    expect(outcome('POST', '/channels/j', claims)).toBe('permitted');
  });

  it.each([
    '/channels/other#/build-1',
    '/x/channels/build-1',
    '/channels/build-1/',
    '/channels/build-%ff',
    '/Channels/..%5c',
    '/channels/a\\b',
    '//channels/build-1',
    'http://h/channels/build-1',
  ])('publish does not permit a path that parsers read differently: %s', (url) => {
    expect(['scope', 'channel']).toContain(
      outcome('POST', url, { scope: 'publish', channels: ['build-*', 'a\\b'] }),
    );
  });

  it('that is missing permits nothing', () => {
    expect(outcome('GET', '/status', { channels: ['*'] })).toBe('scope');
    expect(outcome('POST', '/channels/j', { channels: ['*'] })).toBe('scope');
  });
});
