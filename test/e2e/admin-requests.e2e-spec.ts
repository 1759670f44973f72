import { describe, expect, it } from 'vitest';
import { AdminRoutes } from '../../src/admin/admin-routes.js';
import { AdminClient } from '../fixtures/admin-client.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor();
const admin = new AdminClient(running);

describe('each path', () => {
  it.each(['/status', '/status/', '/Status', '/history', '/channels', '/channels/', '/events'])(
    '%s answers HEAD without a body',
    async (path) => {
      const response = await admin.request(path, { method: 'HEAD' });
      expect(response.status).toBe(200);
      expect(response.headers.get('cache-control')).toMatch(/^no-store/);
      expect(await response.text()).toBe('');
    },
  );

  it.each([
    ['POST', '/status', 'GET, HEAD, OPTIONS'],
    ['PUT', '/channels', 'GET, HEAD, OPTIONS'],
    ['PATCH', '/channels/a', 'DELETE, GET, HEAD, OPTIONS, POST'],
    ['GET', '/log-level', 'OPTIONS, PUT'],
    ['DELETE', '/events/', 'GET, HEAD, OPTIONS'],
    ['POST', '/health/ready', 'GET, HEAD, OPTIONS'],
  ])('refuses %s %s with 405 and the methods it has', async (method, path, allow) => {
    const response = await admin.request(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await response.json()).toMatchObject({ message: `Expected one of ${allow}, got ${method}` });
    const options = await admin.request(path, { method: 'OPTIONS' });
    expect(options.status).toBe(204);
    expect(options.headers.get('allow')).toBe(allow);
  });

  it('is unknown to the public listener', async () => {
    const paths = ['/status', '/history', '/events', '/log-level', '/api', '/api-json'];
    const answers = paths.map((path) => running.request(path, 'application/json'));
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses).toEqual(paths.map(() => 404));
    expect((await running.request('/channels/x', '*/*', { method: 'DELETE' })).status).toBe(405);
  });

  it('has no CORS headers', async () => {
    const response = await admin.request('/status', { headers: { Origin: 'https://recodex.example.org' } });
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
    expect(response.headers.get('vary') ?? '').not.toContain('Origin');
  });
});

describe('a request that changes something', () => {
  const own = (): string => new URL(running.monitor.admin).host;

  it.each([
    ['from a program', () => ({}), 404],
    [
      'from a page of this server',
      () => ({ Origin: `http://${own()}`, 'Sec-Fetch-Site': 'same-origin' }),
      404,
    ],
    ['that the user made without a page', () => ({ 'Sec-Fetch-Site': 'none' }), 404],
    [
      'from a page of another origin',
      () => ({ Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }),
      403,
    ],
    [
      'from another port of this host',
      () => ({ Origin: 'http://127.0.0.1:1', 'Sec-Fetch-Site': 'same-site' }),
      403,
    ],
    ['from an old browser', () => ({ Origin: 'https://evil.example' }), 403],
    ['from a page in a sandbox', () => ({ Origin: 'null' }), 403],
    ['from a page without Origin', () => ({ 'Sec-Fetch-Site': 'cross-site' }), 403],
  ])('%s', async (_name, headers, status) => {
    expect(await admin.rawStatus('DELETE', '/channels/unknown', headers())).toBe(status);
  });

  it('is refused on every route of the admin listener when another origin sent it', async () => {
    const safe = ['GET', 'ALL'];
    const routes = running.monitor.app.get(AdminRoutes).list.filter(({ method }) => !safe.includes(method));
    expect(routes).not.toEqual([]);
    for (const { method, path } of routes) {
      const url = path.replace(/:\w+/, 'unknown');
      expect([path, await admin.rawStatus(method, url, { Origin: 'https://evil.example' })]).toEqual([
        path,
        403,
      ]);
    }
  });
});
