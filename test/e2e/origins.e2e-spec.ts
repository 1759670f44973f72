import { describe, expect, it } from 'vitest';
import { Admission } from '../../src/gateway/admission.js';
import { firstBytes, handshake } from '../fixtures/raw-http.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor(
  {},
  { origins: ['https://front.example.org', 'https://*.pattern.example'], trustedProxies: ['127.0.0.1/32'] },
);

async function statusFor(path: string, ...headers: string[]): Promise<string> {
  const request = handshake(path).replace('\r\n\r\n', `\r\n${headers.join('\r\n')}\r\n\r\n`);
  return (await firstBytes(running.monitor.http, request)).slice(9, 12);
}

describe.each(['/', '/channels/j'])('when origins is set, a WebSocket at %s', (path) => {
  it.each([
    'https://front.example.org',
    'https://a.pattern.example',
    'https://a.b.pattern.example',
    // The page of the monitor itself: `Host: x`.
    'http://x',
    'https://X',
  ])('of %s is opened', async (origin) => {
    expect(await statusFor(path, `Origin: ${origin}`)).toBe('101');
  });

  it('of a program without Origin is opened', async () => {
    expect(await statusFor(path, 'User-Agent: curl')).toBe('101');
  });

  it.each([
    'https://elsewhere.example.org',
    'http://front.example.org',
    'https://front.example.org:8443',
    'https://front.example.org.evil',
    'https://evil-pattern.example',
    'https://pattern.example',
    'null',
    'file://',
    '*',
  ])('of %s gets 403 before the upgrade', async (origin) => {
    expect(await statusFor(path, `Origin: ${origin}`)).toBe('403');
  });

  it('of the page of the monitor behind a proxy that replaces Host is opened', async () => {
    const origin = 'Origin: https://public.example.org';
    expect(await statusFor(path, origin)).toBe('403');
    expect(await statusFor(path, origin, 'X-Forwarded-Host: public.example.org')).toBe('101');
    expect(await statusFor(path, origin, 'Sec-Fetch-Site: same-origin')).toBe('101');
    expect(await statusFor(path, origin, 'Sec-Fetch-Site: cross-site')).toBe('403');
  });
});

it('refused origins are counted', async () => {
  const { refused } = running.monitor.app.get(Admission);
  const before = refused.origin;
  await statusFor('/', 'Origin: null');
  expect(refused.origin).toBe(before + 1);
});
