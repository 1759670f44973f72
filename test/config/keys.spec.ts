import { describe, expect, it } from 'vitest';
import { isSecret, settingKeys } from '../../src/config/keys.js';

/** Keys that the monitor reads once, at the start. */
const REQUIRE_RESTART = [
  'websocket_uri',
  'zeromq_uri',
  'admin_uri',
  'admin_public',
  'reuseport',
  'logger.file',
  'limits.channel_id_bytes',
  'limits.message_bytes',
  'limits.client_message_bytes',
  'zeromq.heartbeat',
  'zeromq.curve.key',
  'zeromq.curve.clients',
  'tls.cert',
  'tls.key',
  'tls.ca',
  'journal.path',
  'journal.sync',
  'priority.niceness',
  'auth.admin',
  'relay.url',
  'relay.role',
  'relay.stream',
  'relay.user',
  'relay.password',
  'relay.password_file',
  'relay.ca',
  'relay.lease',
  'relay.buffer',
];

/** Keys that the monitor reads at the time of use. */
const RELOADABLE = [
  'admin_hosts',
  'origins',
  'trusted_proxies',
  'proxy_protocol',
  'retention.finished',
  'retention.idle',
  'limits.channel_messages',
  'limits.channel_bytes',
  'limits.channels',
  'limits.total_bytes',
  'limits.client_frames',
  'limits.subscribe_timeout',
  'limits.socket_buffer_bytes',
  'limits.lag',
  'limits.publish_bytes',
  'limits.connections_per_address',
  'limits.connects_per_second_per_address',
  'limits.not_found_per_second_per_address',
  'limits.input_bytes_per_second_per_address',
  'limits.addresses',
  'limits.exempt',
  'limits.report_only',
  'heartbeat.interval',
  'shutdown.drain',
  'shutdown.deadline',
  'zeromq.remote_exit',
  'zeromq.allow',
  'zeromq.quotas.messages_per_second',
  'zeromq.quotas.channels',
  'zeromq.quotas.bytes',
  'journal.max_bytes',
  'legacy.farewell',
  'legacy.farewell_after',
  'page.results_url',
  'health.require_broker',
  'health.max_delay',
  'logger.level',
  'auth.audience',
  'auth.legacy',
  'auth.clock_tolerance',
  'auth.keys',
  'logger.max-size',
  'logger.rotations',
  'logger.console',
  'logger.format',
  'limits.encoded_bytes',
  'limits.connections',
];

describe('Each key', () => {
  it('either is reloadable or requires a restart', () => {
    const names = (reloadable: boolean) =>
      settingKeys.filter((key) => key.reloadable === reloadable).map(({ name }) => name);
    expect(names(true).toSorted()).toEqual(RELOADABLE.toSorted());
    expect(names(false).toSorted()).toEqual(REQUIRE_RESTART.toSorted());
  });

  it('has a different environment variable', () => {
    expect(new Set(settingKeys.map(({ variable }) => variable)).size).toBe(settingKeys.length);
  });

  it('has a variable that neither Kubernetes nor a Docker link can set', () => {
    for (const { variable } of settingKeys) expect(variable).not.toMatch(/_(PORT|NAME|HOST)$|_(ENV|PORT)_/);
  });
});

describe('A secret key', () => {
  const keys = [
    { path: ['auth', 'password'], secret: true },
    { path: ['auth', 'user'], secret: false },
  ];

  it.each([
    [['auth', 'password'], true],
    [['auth', 'password', 0, 'text'], true],
    [['auth', 'user'], false],
    [['auth'], false],
    [['password'], false],
  ])('makes the value at %j secret: %s', (path, secret) => {
    expect(isSecret(path, keys)).toBe(secret);
  });
});
