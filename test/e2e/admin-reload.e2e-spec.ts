import { expect, it } from 'vitest';
import { ReloadService } from '../../src/reload/reload.service.js';
import { AdminClient } from '../fixtures/admin-client.js';
import { setUpMonitor, useMonitors } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor();
const admin = new AdminClient(running);
const monitors = useMonitors();

function post(headers: Record<string, string> = {}): Promise<Response> {
  return admin.request('/-/reload', { method: 'POST', headers });
}

it('POST /-/reload answers with the result of a reload', async () => {
  const response = await post();
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    successful: true,
    applied: [],
    need_restart: [],
    problems: [],
    warnings: [],
    parts: [
      { name: 'limits', successful: true },
      { name: 'auth', successful: true },
      { name: 'zeromq', successful: true },
      { name: 'tls', successful: true },
    ],
  });
});

it('answers 422 when a part fails, and names it', async () => {
  const remove = running.monitor.app.get(ReloadService).onReload('keys', () => {
    throw new Error('no key');
  });
  const response = await post();
  remove();
  expect(response.status).toBe(422);
  expect(await response.json()).toMatchObject({
    successful: false,
    parts: [
      { name: 'limits', successful: true },
      { name: 'auth', successful: true },
      { name: 'zeromq', successful: true },
      { name: 'tls', successful: true },
      { name: 'keys', successful: false, reason: 'no key' },
    ],
  });
});

it('ignores a body and a query', async () => {
  const response = await admin.request('/-/reload?a=1', { method: 'POST', body: 'x'.repeat(100) });
  expect(response.status).toBe(200);
});

it.each([{ Origin: 'https://evil.example.org' }, { 'Sec-Fetch-Site': 'cross-site' }])(
  'is refused to a page of another origin: %j',
  async (headers) => {
    // `fetch` sends no Sec-Fetch-Site of the caller.
    expect(await admin.rawStatus('POST', '/-/reload', headers)).toBe(403);
  },
);

it('is not a GET, and not public', async () => {
  const response = await admin.request('/-/reload');
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('OPTIONS, POST');
  expect((await fetch(`${running.monitor.http}/-/reload`, { method: 'POST' })).status).toBe(404);
});

it('is refused while the monitor stops', async () => {
  const other = await monitors.startWithoutBroker();
  other.monitor.app.get(ReloadService).close();
  const response = await fetch(`${other.monitor.admin}/-/reload`, { method: 'POST' });
  expect(response.status).toBe(503);
  expect(response.headers.get('retry-after')).toBe('2');
  expect(await response.json()).toMatchObject({
    message: 'The monitor stops: the next process reads the configuration',
  });
});

it('ends the temporary level of the log: the configuration wins', async () => {
  await admin.send('PUT', '/log-level', '{"level":"debug"}', 'application/json');
  const report = await running.monitor.reload((next) => (next.logger.level = 'info'));
  expect(report.applied).toEqual(['logger.level']);
  expect(await admin.json('/status')).toMatchObject({ log_level: 'info' });
});
