import type { IncomingMessage } from 'node:http';
import { Logger } from '@nestjs/common';
import { describe, expect, it, vi } from 'vitest';
import { HostPolicy } from '../../src/http/host-policy.js';

const ADMIN_HOSTS = ['monitor.example.org', '*.ops.example.org'];

function policy(admin = false): HostPolicy {
  return new HostPolicy({ root: { admin_hosts: ADMIN_HOSTS }, auth: { admin } }, new Logger());
}

/** The error text for a request with these values of `Host`. */
function refusal(hosts: readonly string[], url = '/status', of = policy()): string | undefined {
  const request = { url, headersDistinct: { host: hosts } } as unknown as IncomingMessage;
  return of.refusalOf(request, '127.0.0.1');
}

describe('The admin listener answers to', () => {
  it.each([
    '127.0.0.1:4568',
    '127.0.0.1.',
    '192.0.2.1',
    '0x7f.1',
    '[::1]:4568',
    '[2001:db8::1]',
    '[fe80::1%25eth0]:4568',
    '::1',
    'localhost:4568',
    'LOCALHOST.',
    'monitor:4568',
    'recodex_monitor',
    'monitor.localhost',
    'monitor.local',
    'host.docker.internal:4568',
    'recodex-monitor-admin.recodex.svc:4568',
    'recodex-monitor-admin.recodex.svc.cluster.local.:4568',
    'monitor.test',
    'monitor.home.arpa',
    'monitor.example.org:8080',
    'Monitor.Example.org.',
    'a.ops.example.org',
    // HTTP/1.1 without an authority.
    '',
  ])('%j', (host) => expect(refusal([host])).toBeUndefined());

  it('no name at all, as in HTTP/1.0', () => {
    const request = { url: '/status', headersDistinct: {} } as unknown as IncomingMessage;
    expect(policy().refusalOf(request, '127.0.0.1')).toBeUndefined();
  });
});

describe('The admin listener refuses', () => {
  it.each([
    'evil.example',
    'evil.example:4568',
    'EVIL.example.',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io',
    'localhost..',
    'evil.notlocal',
    'evil.svc.example',
    'evilmonitor.example.org',
    'a.monitor.example.org',
    'ops.example.org',
    'user@evil.example',
    'monitor.example.org@evil.example',
    '127.0.0.1/evil.example',
    'localhost#evil.example',
    '127.0.0.1:4568:4568',
    'xn--m-eha.example',
    'mü.example',
  ])('%j', (host) => expect(refusal([host])).toContain(JSON.stringify(host)));

  it('a repeated Host when one of the values is refused', () => {
    expect(refusal(['127.0.0.1', 'evil.example'])).toContain('"evil.example"');
    expect(refusal(['evil.example', '127.0.0.1'])).toContain('"evil.example"');
    expect(refusal(['127.0.0.1', 'localhost'])).toBeUndefined();
  });

  it.each([
    'http://evil.example/status',
    'HTTPS://evil.example:1',
    'ftp://evil.example/?x',
    'http://a@127.0.0.1/',
  ])('the host of the target %s', (url) => expect(refusal(['127.0.0.1'], url)).toBeDefined());

  it('no path that contains a URL', () => {
    expect(refusal(['127.0.0.1'], '/channels/http://evil.example/')).toBeUndefined();
    expect(refusal(['127.0.0.1'], 'http://[::1]:1/status')).toBeUndefined();
  });

  it('a long host with its beginning', () => {
    const text = refusal([`${'a'.repeat(10_000)}.example`])!;
    expect(text.length).toBeLessThan(600);
  });
});

describe('Under every name', () => {
  it.each(['/health/live', '/health/ready', '/metrics', '/metrics?x=1'])('%s answers', (url) =>
    expect(refusal(['evil.example'], url)).toBeUndefined(),
  );

  it.each([
    '/metrics/',
    '/Metrics',
    '//metrics',
    '/health',
    '/health/live/x',
    '/',
    '/api',
    '/status?/metrics',
  ])('%s does not answer', (url) => expect(refusal(['evil.example'], url)).toBeDefined());

  it('all paths answer with auth.admin', () => {
    expect(refusal(['evil.example'], '/channels', policy(true))).toBeUndefined();
  });
});

it('Refused requests are counted, and logged once in a while', () => {
  const logger = new Logger();
  const warn = vi.spyOn(logger, 'warn').mockImplementation(() => {});
  const hosts = new HostPolicy({ root: { admin_hosts: [] }, auth: { admin: false } }, logger);
  refusal(['evil.example'], '/status', hosts);
  refusal(['evil.example'], '/status', hosts);
  refusal(['evil.example'], '/metrics', hosts);
  refusal(['localhost'], '/status', hosts);
  expect(hosts.refused).toBe(2);
  expect(warn).toHaveBeenCalledOnce();
  expect(warn.mock.calls[0]).toEqual([
    expect.objectContaining({ host: 'evil.example', address: '127.0.0.1', times: 1 }),
  ]);
});
