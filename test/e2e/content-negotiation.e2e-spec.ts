import { describe, expect, it } from 'vitest';
import type { ChannelSummary } from '../../src/channels/channel-summary.js';
import { EVENTS, JSON_TYPE } from '../fixtures/accept.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor({ limits: { channel_id_bytes: 64 } });

describe('the response to a request for a channel', () => {
  it.each([
    ['application/json', 'application/json'],
    ['text/event-stream;q=0.5, application/json', 'application/json'],
    ['text/html', 'text/html'],
    ['text/*', 'text/event-stream'],
  ])('for Accept: %s has the type %s', async (accept, type) => {
    const id = await running.playNew('STARTED');
    const response = await running.request(`/channels/${id}`, accept);
    expect(response.headers.get('content-type')).toContain(type);
  });

  it('is 406 when the client accepts no available type', async () => {
    expect((await running.request('/channels/x', 'image/png')).status).toBe(406);
  });

  it.each(['POST', 'PUT', 'DELETE'])('is 405 for the method %s', async (method) => {
    const response = await running.request('/channels/x', '*/*', { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
  });

  it.each(['', '%ff', '%zz', 'x'.repeat(65)])('is 400 for the invalid id %j', async (id) => {
    expect((await running.request(`/channels/${id}`, '*/*')).status).toBe(400);
  });

  it('to HEAD has no body and adds no subscriber', async () => {
    const id = running.freshId();
    const response = await running.request(`/channels/${id}`, EVENTS, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(running.summary(id)).toBeUndefined();
  });

  it.each(['/monitor', '/a/b/c'])('is the same behind the prefix %s, for any id', async (prefix) => {
    const id = `${running.freshId()}/ž ?#&"`;
    await running.play(id, 'STARTED');
    const response = await running.request(`${prefix}/channels/${encodeURIComponent(id)}`, JSON_TYPE);
    expect(((await response.json()) as ChannelSummary).id).toBe(id);
  });

  it('is the answer of the admin API on the admin listener, whatever the client accepts', async () => {
    const id = await running.playNew('STARTED');
    for (const Accept of [JSON_TYPE, EVENTS, 'text/html']) {
      const response = await fetch(`${running.monitor.admin}/channels/${id}`, { headers: { Accept } });
      expect(await response.json()).toMatchObject({ summary: { id }, messages: [{ command: 'STARTED' }] });
    }
  });

  it('is 404 for the client library on the admin listener', async () => {
    expect((await fetch(`${running.monitor.admin}/client.js`)).status).toBe(404);
  });
});
