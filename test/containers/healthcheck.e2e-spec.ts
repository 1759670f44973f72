import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { useCertificates } from '../fixtures/certificates.js';
import { useDaemons } from '../fixtures/daemon.js';

const certificates = useCertificates();
const runs = useDaemons();

function healthcheck(environment: Record<string, string>): { status: number | null; out: string } {
  const { status, stdout } = spawnSync(process.execPath, ['packaging/container/healthcheck.mjs'], {
    env: environment,
    encoding: 'utf8',
  });
  return { status, out: stdout };
}

describe('the health check of the image', () => {
  it('asks the port for clients when the admin listener is off', async () => {
    const { ws } = await runs.startDaemon();
    const { status, out } = healthcheck({
      RECODEX_MONITOR_ADMIN_URI: 'off',
      RECODEX_MONITOR_WEBSOCKET_URI: new URL(ws).host,
    });
    expect([status, out]).toEqual([
      0,
      expect.stringContaining(`http://${new URL(ws).host}/health/live answers 200`),
    ]);
  });

  it('asks by TLS when this port speaks TLS', async () => {
    const { cert, key } = certificates.make();
    const { ws } = await runs.startDaemon({ RECODEX_MONITOR_TLS_CERT: cert, RECODEX_MONITOR_TLS_KEY: key });
    const { status, out } = healthcheck({
      RECODEX_MONITOR_ADMIN_URI: 'off',
      RECODEX_MONITOR_WEBSOCKET_URI: new URL(ws).host,
    });
    expect([status, out]).toEqual([
      0,
      expect.stringContaining(`https://${new URL(ws).host}/health/live answers 200`),
    ]);
  });

  it('fails when nothing answers', () => {
    const { status, out } = healthcheck({ RECODEX_MONITOR_ADMIN_URI: '127.0.0.1:1' });
    expect([status, out]).toEqual([
      1,
      expect.stringContaining('http://127.0.0.1:1/health/live does not answer'),
    ]);
  });
});
