import { describe, expect, it, vi } from 'vitest';
import { AdminClient } from '../fixtures/admin-client.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor();
const admin = new AdminClient(running);

describe('PUT /log-level', () => {
  const put = (body: string, type = 'application/json; charset=utf-8') =>
    admin.send('PUT', '/log-level', body, type);

  it('changes the level until the next restart', async () => {
    expect(await put('{"level":"debug"}')).toEqual([200, { level: 'debug' }]);
    expect(await admin.json('/status')).toMatchObject({
      log_level: 'debug',
      configuration: { logger: { level: 'debug' } },
    });
    await vi.waitFor(
      async () => expect(await admin.json('/status')).toMatchObject({ sample: { log_level: 'debug' } }),
      3000,
    );
    expect(await put('{"level":"WARN"}')).toEqual([200, { level: 'warning' }]);
  });

  it.each([
    ['{"level":"loud"}', 400],
    ['{}', 400],
    ['{"level":null}', 400],
    ['{"level":"info","for":60}', 400],
    ['[]', 400],
    ['', 400],
    ['{"level":', 400],
    [`{"level":"${'x'.repeat(2000)}"}`, 413],
  ])('answers %s with %i', async (body, status) => {
    expect((await put(body))[0]).toBe(status);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'refuses a body of the type %s',
    async (type) => {
      const [status, body] = await put('{"level":"info"}', type);
      expect(status).toBe(415);
      expect(body).toMatchObject({ message: `Expected Content-Type application/json, got ${type}` });
    },
  );
});
