import type { JWTPayload } from 'jose';
import { describe, expect, it } from 'vitest';
import { AdminClient } from '../fixtures/admin-client.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';
import { SseClient } from '../fixtures/sse-client.js';
import { inSeconds, useTokenKeys } from '../fixtures/token-keys.js';

const keys = useTokenKeys();
const secret = keys.secret();
const running = setUpMonitor({ auth: { keys: [secret.source], admin: true, clock_tolerance: 0 } });
const admin = new AdminClient(running);

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const operator = async () => bearer(await secret.sign({ scope: 'admin' }));

describe('the admin listener with auth.admin', () => {
  it.each([
    '/status',
    '/metrics',
    '/channels',
    '/channels/j',
    '/events',
    '/history',
    '/nothing',
    '//status',
    '/Health/live',
    '/api/../status',
  ])('answers 401 without a token: %s', async (path) => {
    expect(await admin.rawStatus('GET', path)).toBe(401);
    expect(await admin.rawStatus('OPTIONS', path)).toBe(401);
  });

  it('says what it expects', async () => {
    const answer = await admin.request('/status');
    expect([answer.headers.get('www-authenticate'), answer.headers.get('cache-control')]).toEqual([
      'Bearer',
      'no-store',
    ]);
    expect(await answer.json()).toEqual({
      statusCode: 401,
      error: 'Unauthorized',
      message: expect.stringContaining('Expected a token') as string,
    });
  });

  it.each(['/health/live', '/health/ready', '/', '/api', '/api-json', '/api/swagger-ui.css'])(
    'serves without a token: %s',
    async (path) => {
      expect((await admin.request(path)).status).toBe(200);
    },
  );

  it('answers 403 to a token without the scope', async () => {
    for (const claims of [
      { channels: ['*'] },
      { channels: ['*'], scope: 'administrator' },
      { scope: 'publish', channels: ['*'] },
    ]) {
      const answer = await admin.request('/status', { headers: bearer(await secret.sign(claims)) });
      expect(answer.status).toBe(403);
    }
  });

  it('answers as usual to a token with the scope', async () => {
    const headers = await operator();
    expect((await admin.request('/metrics', { headers })).status).toBe(200);
    expect((await admin.request('/nothing', { headers })).status).toBe(404);
    const events = await fetch(`${admin.url}/events`, { headers });
    expect([events.status, events.headers.get('content-type')]).toEqual([
      200,
      expect.stringContaining('text/event-stream'),
    ]);
    await events.body?.cancel();
  });

  it('serves the metrics, and nothing else, to a token with the scope metrics', async () => {
    const headers = bearer(await secret.sign({ scope: 'metrics' }));
    const metrics = await admin.request('/metrics', { headers });
    expect(await metrics.text()).toContain('recodex_monitor_build_info');
    for (const path of ['/status', '/channels', '/events'])
      expect((await admin.request(path, { headers })).status).toBe(403);
  });

  it('ends an event stream when its token expires', async () => {
    const expiring = await secret.sign({ scope: 'admin', exp: inSeconds(1) });
    const stream = await SseClient.open(`${admin.url}/events`, bearer(expiring));
    expect(stream.status).toBe(200);
    await stream.ended;
    expect((await admin.request('/events', { headers: bearer(expiring) })).status).toBe(401);
  });

  it('refuses a change without the scope, and changes nothing', async () => {
    const id = await running.playNew('STARTED');
    expect(await admin.rawStatus('DELETE', `/channels/${id}`)).toBe(401);
    expect(running.summary(id)).toBeDefined();
    const put = await admin.request('/log-level', { method: 'PUT', body: '{"level":"debug"}' });
    expect(put.status).toBe(401);
  });
});

describe('publishing with auth.admin', () => {
  const publish = async (id: string, claims?: JWTPayload) =>
    (
      await admin.request(`/channels/${id}`, {
        method: 'POST',
        body: '{"command":"STARTED"}',
        headers: { 'Content-Type': 'application/json', ...(claims && bearer(await secret.sign(claims))) },
      })
    ).status;

  it('needs the scope admin, or the scope publish and the channel', async () => {
    expect(await publish('build-1', { scope: 'publish', channels: ['build-*'] })).toBe(200);
    expect(await publish('build-2', { scope: 'admin' })).toBe(200);
    expect(await publish('other', { scope: 'publish', channels: ['build-*'] })).toBe(403);
    expect(await publish('build-1', { channels: ['build-*'] })).toBe(403);
    expect(await publish('build-1')).toBe(401);
    expect(running.summary('build-1')?.messages).toBe(1);
    expect(running.summary('other')).toBeUndefined();
  });
});
