import { describe, expect, it } from 'vitest';
import { checkBroker } from '../../../src/cli/doctor/broker.check.js';
import { checkClock } from '../../../src/cli/doctor/clock.check.js';
import { checkDaemon } from '../../../src/cli/doctor/daemon.check.js';
import type { DaemonStatus } from '../../../src/cli/doctor/daemon-status.js';
import type { DoctorContext } from '../../../src/cli/doctor/doctor-context.js';
import { checkRedis } from '../../../src/cli/doctor/redis.check.js';
import { checkRelay } from '../../../src/cli/doctor/relay.check.js';
import { checkForwarded } from '../../../src/cli/doctor/forwarded.check.js';
import { checkJournal } from '../../../src/cli/doctor/journal.check.js';
import { checkOpenFiles } from '../../../src/cli/doctor/open-files.check.js';
import { defaultSettings } from '../../../src/config/settings.js';

const RELAY = {
  role: 'edge',
  state: 'following',
  stale: false,
  led: true,
  lag_entries: 0,
  lag_seconds: 0,
  buffer_bytes: 0,
  buffer_limit: 4096,
  lost_messages: 0,
} as const;

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
      text: 'enough for 900 of 50000 clients (limits.connections)',
    });
  });

  it('tell when the journal is not written', async () => {
    expect(await checkJournal(contextOf({}, 0, 'writing'))).toMatchObject({ status: 'ok' });
    expect(await checkJournal(contextOf({}, 0, 'degraded'))).toMatchObject({ status: 'problem' });
  });

  it.each([
    [{}, 'ok', 'the daemon (edge, following) is up to date: lag 0 entries, 0 s'],
    [{ stale: true, lag_entries: 1, lag_seconds: 4.2 }, 'warning', 'behind: lag 1 entry, 4.2 s'],
    [{ stale: true, led: false }, 'problem', 'nobody takes messages'],
    [{ stale: true, led: false, state: 'away' }, 'problem', 'gets no answer from Redis'],
    [{ role: 'ingest', state: 'leading', buffer_bytes: 3072 }, 'warning', '75 % of relay.buffer'],
    [{ role: 'ingest', state: 'leading', lost_messages: 9 }, 'warning', 'has lost 9 messages'],
  ])('tell the place of the daemon in a relay: %j', async (change, status, text) => {
    const found = await checkRelay(contextOf({ relay: { ...RELAY, ...change } }));
    expect(found).toMatchObject({ status, text: expect.stringContaining(text) as string });
  });

  it('say nothing about a relay that is off', async () => {
    expect(await checkRelay(contextOf({ relay: null }))).toBeUndefined();
    expect(await checkRelay(contextOf())).toBeUndefined();
    expect(await checkRedis({ ...contextOf(), isLocal: true })).toBeUndefined();
  });

  it('want no broker at a process that takes no messages', async () => {
    const broker = { endpoint: null, peers: 0 };
    for (const change of [{}, { role: 'ingest', state: 'standby' }])
      expect(await checkBroker(contextOf({ broker, relay: { ...RELAY, ...change } }))).toMatchObject({
        status: 'ok',
      });
    const relay = { ...RELAY, role: 'all', state: 'leading' };
    expect(await checkBroker(contextOf({ broker, relay }))).toMatchObject({ status: 'problem' });
  });

  it('tell that Redis does not answer', async () => {
    const context = contextOf();
    const relay = { ...context.settings.relay, url: 'redis://127.0.0.1:1' };
    const found = await checkRedis({ ...context, isLocal: true, settings: { ...context.settings, relay } });
    expect(found).toMatchObject({
      status: 'problem',
      text: expect.stringMatching(/^redis:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/) as string,
      advice: expect.stringContaining('Start Redis') as string,
    });
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
