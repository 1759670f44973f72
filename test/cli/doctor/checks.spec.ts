import { describe, expect, it } from 'vitest';
import { checkBroker } from '../../../src/cli/doctor/broker.check.js';
import { checkClock } from '../../../src/cli/doctor/clock.check.js';
import { checkDaemon } from '../../../src/cli/doctor/daemon.check.js';
import type { DaemonStatus } from '../../../src/cli/doctor/daemon-status.js';
import type { DoctorContext } from '../../../src/cli/doctor/doctor-context.js';
import { checkForwarded } from '../../../src/cli/doctor/forwarded.check.js';
import { checkJournal } from '../../../src/cli/doctor/journal.check.js';
import { checkOpenFiles } from '../../../src/cli/doctor/open-files.check.js';
import { defaultSettings } from '../../../src/config/settings.js';

const STATUS: DaemonStatus = {
  version: '1.0.0',
  state: 'open',
  uptime: 61,
  configuration: { limits: { connections: 50_000 } },
  broker: { endpoint: 'tcp://127.0.0.1:7894', peers: 1 },
  listeners: { public: ['http://127.0.0.1:4567'] },
  limits: [{ key: 'limits.connections', limit: 50_000 }],
  warnings: [],
};

function contextOf(status: Partial<DaemonStatus> = {}, skew = 0, journal = 'off'): DoctorContext {
  const settings = defaultSettings();
  const date = { server: skew * 1000, local: 0 };
  return {
    configuration: { settings, file: undefined, warnings: [] },
    settings,
    isLocal: false,
    daemon: { kind: 'answers', url: 'http://admin', status: { ...STATUS, ...status }, date, journal },
    route: undefined,
    clientsOf: () => Promise.resolve(undefined),
  };
}

describe('the checks of doctor', () => {
  it.each([
    ['open', 'ok', 'open for clients'],
    ['starting', 'warning', 'the daemon is starting'],
    ['draining', 'warning', 'the daemon is shutting down'],
  ])('tell that the daemon is %s', async (state, status, text) => {
    expect(await checkDaemon(contextOf({ state }))).toMatchObject({
      status,
      text: expect.stringContaining(text) as string,
    });
  });

  it.each([
    ['tcp://127.0.0.1:7894', 1, 'ok'],
    ['tcp://127.0.0.1:7894', 0, 'warning'],
    [null, 0, 'problem'],
  ])('tell whether a broker is connected: %s with %i', async (endpoint, peers, status) => {
    expect(await checkBroker(contextOf({ broker: { endpoint, peers } }))).toMatchObject({ status });
  });

  it.each([
    [0, 'ok', 'agree'],
    [2, 'ok', 'agree'],
    [20, 'warning', 'the clock of the daemon is 21 s ahead of this machine'],
    [-20, 'warning', 'the clock of the daemon is 20 s behind this machine'],
  ])('tell the skew of a clock: %i s', async (skew, status, text) => {
    expect(await checkClock(contextOf({}, skew))).toMatchObject({
      status,
      text: expect.stringContaining(text) as string,
    });
  });

  it('call a skew a problem when tokens depend on it', async () => {
    const context = contextOf({}, 60);
    const auth = { ...context.settings.auth, keys: [{ alg: 'HS256', file: '/key' } as const] };
    const found = await checkClock({ ...context, settings: { ...context.settings, auth } });
    expect(found).toMatchObject({ status: 'problem' });
  });

  it('tell when open files limit the clients', async () => {
    const limits = [{ key: 'limits.connections', limit: 900 }];
    expect(await checkOpenFiles(contextOf())).toMatchObject({ status: 'ok' });
    expect(await checkOpenFiles(contextOf({ limits }))).toMatchObject({
      status: 'warning',
      text: 'enough for 900 clients only, limits.connections is 50000',
    });
  });

  it('tell when the journal is not written', async () => {
    expect(await checkJournal(contextOf({}, 0, 'writing'))).toMatchObject({ status: 'ok' });
    expect(await checkJournal(contextOf({}, 0, 'degraded'))).toMatchObject({ status: 'problem' });
  });

  it('tell when one address has most of the connections', async () => {
    const warnings = [{ message: 'One address has most of limits.connections_per_address: ...' }];
    expect(await checkForwarded(contextOf())).toBeUndefined();
    expect(await checkForwarded(contextOf({ warnings }))).toMatchObject({ status: 'problem' });
  });

  it('say nothing about a daemon that does not answer', async () => {
    const daemon = { kind: 'silent', url: 'http://admin', reason: 'connection refused' } as const;
    const context = { ...contextOf(), daemon };
    for (const check of [checkBroker, checkClock, checkOpenFiles, checkForwarded])
      expect(await check(context)).toBeUndefined();
    expect(await checkDaemon(context)).toMatchObject({ status: 'problem' });
  });
});
