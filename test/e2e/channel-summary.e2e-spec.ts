import { afterEach, describe, expect, it, vi } from 'vitest';
import { RelayService } from '../../src/relay/relay.service.js';
import { edgeStatus } from '../fixtures/relay-status.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor();

afterEach(() => vi.restoreAllMocks());

describe('the summary of a channel', () => {
  it('describes the current state as JSON', async () => {
    const id = await running.playNew('STARTED');
    const response = await get(id);
    expect(response.status).toBe(200);
    expect(response.headers.get('vary')).toContain('Accept');
    expect(await response.json()).toMatchObject({
      id,
      state: 'running',
      messages: 1,
      attempt: 1,
      subscribers: 0,
    });
  });

  it('has an ETag, and the status is 304 until the summary changes', async () => {
    const id = await running.playNew('STARTED');
    const etag = (await get(id)).headers.get('etag')!;
    expect((await get(id, etag)).status).toBe(304);
    await running.broker.send(id, 'ENDED');
    await vi.waitFor(async () => expect((await get(id, etag)).status).toBe(200));
  });

  it('says that it is stale, only while the process may lack messages', async () => {
    const id = await running.playNew('STARTED');
    const fresh = await get(id);
    const status = vi.spyOn(running.monitor.app.get(RelayService), 'status', 'get');
    status.mockReturnValue(edgeStatus({ isStale: true }));
    const stale = await get(id, fresh.headers.get('etag')!);
    expect(await stale.json()).toEqual({ ...((await fresh.json()) as object), stale: true });
    expect(await (await running.request(`/channels/${id}/summary.json`, '*/*')).json()).toMatchObject({
      stale: true,
    });
    status.mockReturnValue(edgeStatus());
    expect(await (await get(id)).json()).not.toHaveProperty('stale');
  });

  it('is 404 for an unknown channel, and the request creates no channel', async () => {
    const response = await get('nobody');
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ statusCode: 404 });
    expect(running.summary('nobody')).toBeUndefined();
  });
});

function get(id: string, etag?: string): Promise<Response> {
  const headers: Record<string, string> = etag === undefined ? {} : { 'If-None-Match': etag };
  return running.request(`/channels/${id}`, 'application/json', { headers });
}
