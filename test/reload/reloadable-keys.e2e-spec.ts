import { EventEmitter2 } from '@nestjs/event-emitter';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { BrokerCounters } from '../../src/broker/broker-counters.js';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { settingKeys } from '../../src/config/keys.js';
import type { Settings } from '../../src/config/settings.js';
import { SettingsStore } from '../../src/config/settings.store.js';
import { ConnectionRegistry } from '../../src/gateway/connection-registry.js';
import { JournalService } from '../../src/journal/journal.service.js';
import type { Logging } from '../../src/logging/logging.js';
import { EXIT_REQUESTED } from '../../src/messages/broker-events.js';
import { AdminClient } from '../fixtures/admin-client.js';
import { useLoggerOutput } from '../fixtures/logger.js';
import { RecordingSink } from '../fixtures/recording-sink.js';
import type { RunningMonitor } from '../fixtures/running-monitor.js';
import { useMonitors } from '../fixtures/set-up-monitor.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';
import { type TestKey, useTokenKeys } from '../fixtures/token-keys.js';

const monitors = useMonitors();
const keys = useTokenKeys();
const output = useLoggerOutput();
const directory = useTemporaryDirectory();

/** Reloads with a change. Its effect must be visible afterwards, and not before. */
type Reload = (change: (settings: Settings) => void) => Promise<void>;
type EffectTest = (running: RunningMonitor, reload: Reload) => Promise<void>;

/** Reloadable keys with a test elsewhere. */
const TESTED_ELSEWHERE = [
  // Only the daemon has a deadline: test/e2e/reload.e2e-spec.ts.
  'shutdown.deadline',
  // Tests of their rooms: test/auth, test/broker, test/http.
  'limits.addresses',
  'limits.connections_per_address',
  'limits.connects_per_second_per_address',
  'limits.exempt',
  'limits.input_bytes_per_second_per_address',
  'limits.not_found_per_second_per_address',
  'limits.report_only',
  'proxy_protocol',
  'trusted_proxies',
  'auth.audience',
  'auth.clock_tolerance',
  'auth.legacy',
  'zeromq.allow',
  'zeromq.quotas.bytes',
  'zeromq.quotas.channels',
  'zeromq.quotas.messages_per_second',
];

const effects: Readonly<Record<string, EffectTest>> = {
  async 'auth.keys'(running, reload) {
    const [old, next] = [keys.secret(), keys.secret('another secret of more than 32 characters')];
    const statusWith = async (key?: TestKey): Promise<number> => {
      const headers = key && { Authorization: `Bearer ${await key.sign({ channels: ['*'] })}` };
      return (await running.request('/channels/none', 'application/json', { headers: headers ?? {} })).status;
    };
    expect(await statusWith()).toBe(404);
    await reload(({ auth }) => (auth.keys = [old.source]));
    expect([await statusWith(), await statusWith(old), await statusWith(next)]).toEqual([401, 404, 401]);
    await reload(({ auth }) => (auth.keys = [next.source]));
    expect([await statusWith(), await statusWith(old), await statusWith(next)]).toEqual([401, 401, 404]);
    await reload(({ auth }) => (auth.keys = []));
    expect(await statusWith()).toBe(404);
  },
  async admin_hosts(running, reload) {
    const admin = new AdminClient(running);
    const status = (): Promise<number> => admin.rawStatus('GET', '/status', { Host: 'a.example.org' });
    expect(await status()).toBe(421);
    await reload((next) => (next.admin_hosts = ['*.example.org']));
    expect(await status()).toBe(200);
  },

  async origins(running, reload) {
    const headers = { Origin: 'https://a.example.org' };
    const allowed = async (): Promise<string | null> =>
      (await running.request('/', 'text/plain', { headers })).headers.get('access-control-allow-origin');
    expect(await allowed()).toBeNull();
    await reload((next) => (next.origins = ['https://a.example.org']));
    expect(await allowed()).toBe('https://a.example.org');
  },

  async 'retention.finished'(running, reload) {
    const id = await running.playNew('STARTED', 'FINISHED');
    await reload((next) => (next.retention.finished = 0.01));
    await gone(running, id);
  },

  async 'retention.idle'(running, reload) {
    const id = await running.playNew('STARTED');
    await reload((next) => (next.retention.idle = 0.01));
    await gone(running, id);
  },

  async 'limits.channel_messages'(running, reload) {
    const id = await running.playNew('STARTED', 'ENDED', 'UPLOADED');
    expect(channels(running).find(id)?.retained).toBe(3);
    await reload((next) => (next.limits.channel_messages = 2));
    await running.play(id, 'OTHER');
    expect(channels(running).find(id)?.retained).toBeLessThanOrEqual(2);
  },

  async 'limits.channel_bytes'(running, reload) {
    const id = await running.playNew('STARTED', 'ENDED', 'UPLOADED');
    await reload((next) => (next.limits.channel_bytes = 1));
    await running.play(id, 'OTHER');
    expect(channels(running).find(id)?.retained).toBeLessThan(4);
  },

  async 'limits.channels'(running, reload) {
    for (let count = 0; count < 5; count++) await running.playNew('STARTED');
    await reload((next) => (next.limits.channels = 2));
    expect(channels(running).size.channels).toBe(2);
  },

  async 'limits.total_bytes'(running, reload) {
    for (let count = 0; count < 5; count++) await running.playNew('STARTED');
    await reload((next) => (next.limits.total_bytes = next.limits.channel_bytes = 8000));
    expect(channels(running).size.bytes).toBeLessThanOrEqual(8000);
  },

  async 'limits.encoded_bytes'(running, reload) {
    const id = await running.playNew('STARTED');
    await running.connect(`/channels/${id}`).received(1);
    expect(channels(running).size.encoded).toBeGreaterThan(0);
    await reload((next) => (next.limits.encoded_bytes = 0));
    expect(channels(running).size.encoded).toBe(0);
  },

  async 'limits.publish_bytes'(running, reload) {
    const publish = async (): Promise<number> => {
      const init = {
        method: 'POST',
        body: '{"command":"STARTED"}',
        headers: { 'Content-Type': 'application/json' },
      };
      return (await fetch(`${running.monitor.admin}/channels/a`, init)).status;
    };
    expect(await publish()).toBe(200);
    await reload((next) => (next.limits.publish_bytes = 5));
    expect(await publish()).toBe(413);
  },

  async 'limits.connections'(running, reload) {
    await running.connect('/').opened();
    await reload((next) => (next.limits.connections = 1));
    await expect(running.connect('/').opened()).rejects.toThrow('503');
    await reload((next) => (next.limits.connections = 2));
    await running.connect('/').opened();
  },

  async 'limits.client_frames'(running, reload) {
    const client = await running.connect('/').roundTrip();
    await reload((next) => (next.limits.client_frames = 1));
    for (let frame = 0; frame < 3; frame++) client.socket.ping();
    expect((await client.closed).code).toBe(1006);
  },

  async 'limits.subscribe_timeout'(running, reload) {
    await reload((next) => (next.limits.subscribe_timeout = 0.05));
    expect(await running.connect('/').closed).toEqual({ code: 1008, reason: 'no channel id' });
  },

  async 'limits.socket_buffer_bytes'(running, reload) {
    await reload((next) => (next.limits.socket_buffer_bytes = 1));
    const read = spyOnLimit(running, 'socket_buffer_bytes');
    await running.connect('/').opened();
    await vi.waitFor(() => expect(read).toHaveReturnedWith(1));
  },

  async 'limits.lag'(running, reload) {
    const id = await running.playNew('STARTED');
    await reload((next) => (next.limits.lag = 0.01));
    const sink = new RecordingSink();
    sink.stalled = true;
    channels(running).subscribe(id, sink);
    await vi.waitFor(() => expect(sink.events).toEqual(['close slow']));
  },

  async 'heartbeat.interval'(running, reload) {
    const client = await running.connect('/').opened();
    const pinged = once(client.socket, 'ping');
    await reload((next) => (next.heartbeat.interval = 0.2));
    await pinged;
  },

  async 'shutdown.drain'(running, reload) {
    await reload((next) => (next.shutdown.drain = 0.25));
    const closeAll = vi.spyOn(running.monitor.app.get(ConnectionRegistry), 'closeAll');
    await running.stop();
    expect(closeAll).toHaveBeenCalledWith(0.25);
  },

  async 'zeromq.remote_exit'(running, reload) {
    const { app } = running.monitor;
    const exit = once(app.get(EventEmitter2), EXIT_REQUESTED);
    await running.broker.send('0', 'exit');
    await vi.waitFor(() => expect(app.get(BrokerCounters).exitRequestsIgnored).toBe(1));
    await reload((next) => (next.zeromq.remote_exit = true));
    await running.broker.send('0', 'exit');
    await exit;
  },

  async 'journal.max_bytes'(running, reload) {
    await reload((next) => (next.journal.max_bytes = 2 ** 21));
    expect(running.monitor.app.get(JournalService).maxBytes).toBe(2 ** 21);
  },

  async 'legacy.farewell'(running, reload) {
    await reload((next) => {
      next.legacy.farewell = true;
      next.legacy.farewell_after = 0.01;
    });
    const client = running.connectLegacy(await running.playNew('FAILED'));
    expect(await client.received(2)).toEqual(['{"command": "FAILED"}', '{"command": "FINISHED"}']);
  },

  async 'legacy.farewell_after'(running, reload) {
    await reload((next) => (next.legacy.farewell = true));
    const client = running.connectLegacy(await running.playNew('FAILED'));
    await client.received(1);
    await reload((next) => (next.legacy.farewell_after = 0.01));
    expect(await client.received(2)).toEqual(['{"command": "FAILED"}', '{"command": "FINISHED"}']);
  },

  async 'page.results_url'(running, reload) {
    const page = async (): Promise<string> => (await running.request('/channels/a', 'text/html')).text();
    expect(await page()).not.toContain('https://results.example.org');
    await reload((next) => (next.page.results_url = 'https://results.example.org/{id}'));
    expect(await page()).toContain('https://results.example.org/{id}');
  },

  async 'health.require_broker'(_running, reload) {
    const other = await monitors.startWithoutBroker();
    expect(await ready(other)).toBe(200);
    await other.monitor.reload((next) => (next.health.require_broker = true));
    expect(await ready(other)).toBe(503);
    await reload((next) => (next.health.require_broker = true));
  },

  async 'health.max_delay'(running, reload) {
    await reload((next) => (next.health.max_delay = 0.001));
    const end = performance.now() + 600;
    while (performance.now() < end);
    await vi.waitFor(async () => expect(await ready(running)).toBe(503), 3000);
    await reload((next) => (next.health.max_delay = 0));
    expect(await ready(running)).toBe(200);
  },

  'logger.level': async (running, reload) => {
    const { logger, flush } = loggerOf(running);
    logger.debug?.('before');
    await reload((next) => (next.logger.level = 'debug'));
    logger.debug?.('after');
    await flush();
    expect(output.out.text).toMatch(/after/);
    expect(output.out.text).not.toMatch(/before/);
  },

  'logger.format': async (running, reload) => {
    const { logger, flush } = loggerOf(running);
    logger.log('before');
    await flush();
    await reload((next) => (next.logger.format = 'json'));
    logger.log('after');
    await flush();
    expect(output.out.lines[0]).toMatch(/^\[/);
    expect(JSON.parse(output.out.lines.at(-1)!)).toMatchObject({ message: 'after' });
  },

  'logger.console': async (running, reload) => {
    const { logger, flush } = loggerOf(running);
    logger.log('before');
    await flush();
    await reload((next) => (next.logger.console = false));
    logger.log('after');
    await flush();
    expect(output.out.text).toMatch(/before/);
    expect(output.out.text).not.toMatch(/after/);
  },

  'logger.max-size': async (running, reload) => {
    const { logger, flush } = loggerOf(running);
    for (const text of ['first', 'second']) {
      logger.log(text);
      await flush();
    }
    expect(readdirSync(directory.path)).toEqual(['monitor.log']);
    await reload((next) => (next.logger['max-size'] = 1));
    logger.log('third');
    await flush();
    expect(readdirSync(directory.path)).toContain('monitor.log.1');
  },

  'logger.rotations': async (running, reload) => {
    const { logger, flush } = loggerOf(running);
    await reload((next) => {
      next.logger['max-size'] = 1;
      next.logger.rotations = 1;
    });
    for (const text of ['first', 'second', 'third']) {
      logger.log(text);
      await flush();
    }
    expect(readdirSync(directory.path).toSorted()).toEqual(['monitor.log', 'monitor.log.1']);
  },
};

describe('A reload of', () => {
  it('each reloadable key has a test', () => {
    const reloadable = settingKeys.filter((key) => key.reloadable).map(({ name }) => name);
    expect([...Object.keys(effects), ...TESTED_ELSEWHERE].toSorted()).toEqual(reloadable.toSorted());
  });

  it.each(Object.entries(effects))('%s takes effect', async (key, testEffect) => {
    const running = await monitors.start({ logger: { file: directory.file('monitor.log') } });
    const applied = new Set<string>();
    await testEffect(running, async (change) => {
      const report = await running.monitor.reload(change);
      expect(report).toMatchObject({ successful: true, need_restart: [] });
      for (const name of report.applied) applied.add(name);
    });
    expect(applied).toContain(key);
  });
});

function channels({ monitor }: RunningMonitor): ChannelsService {
  return monitor.app.get(ChannelsService);
}

async function gone(running: RunningMonitor, id: string): Promise<void> {
  await vi.waitFor(() => expect(running.summary(id)).toBeUndefined());
}

async function ready({ monitor }: RunningMonitor): Promise<number> {
  return (await fetch(`${monitor.http}/health/ready`)).status;
}

/** A logger with the settings of a monitor. It also writes to a file. */
function loggerOf({ monitor }: RunningMonitor): Logging {
  return output.createLogger(monitor.app.get(SettingsStore).settings.logger);
}

/** Records the reads of a limit. */
function spyOnLimit({ monitor }: RunningMonitor, key: keyof Settings['limits']) {
  const { limits } = monitor.app.get(SettingsStore).settings;
  const value = limits[key];
  const read = vi.fn<() => typeof value>(() => value);
  Object.defineProperty(limits, key, { get: read });
  return read;
}
