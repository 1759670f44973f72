import { load } from 'js-yaml';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHART, chart, chartNotes, SECURED_VALUES, VALUE_SETS } from './chart.js';
import { helm, kustomize } from './kubernetes-tools.js';
import { Manifests, type Manifest } from './manifests.js';

/** Labels and annotations that only helm writes. */
const OF_HELM = [
  'helm.sh/chart',
  'app.kubernetes.io/managed-by',
  'app.kubernetes.io/version',
  'checksum/config',
];

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

describe('the chart', () => {
  it('means the same as the kustomize base by default', () => {
    const base = comparable(new Manifests(kustomize('packaging/kubernetes/base')));
    expect(comparable(new Manifests(chart()))).toEqual(base);
  });

  it('has no complaint of helm lint', () => {
    expect(helm('lint', CHART, '--strict')).toContain('0 chart(s) failed');
  });

  it('has the version of package.json', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(load(readFileSync(`${CHART}/Chart.yaml`, 'utf8'))).toMatchObject({ version, appVersion: version });
  });

  it('restarts the Pod when the configuration changes, and only then', () => {
    const checksum = (values: object): string | undefined =>
      new Manifests(chart(values)).one('Deployment').spec!.template.metadata!.annotations!['checksum/config'];
    expect(checksum({ config: { logger: { level: 'debug' } } })).not.toBe(checksum({}));
    expect(checksum({ ingress: { host: 'other.example.org' } })).toBe(checksum({}));
  });

  it('names its objects after the release', () => {
    const names = new Manifests(chart({}, 'second')).all.map(({ metadata }) => metadata.name);
    expect(new Set(names)).toEqual(
      new Set([
        'second-recodex-monitor',
        'second-recodex-monitor-journal',
        'second-recodex-monitor-zeromq',
        'second-recodex-monitor-admin',
      ]),
    );
  });

  it('claims a volume for the journal, uses a claim that exists, or has no journal', () => {
    const claims = (values: object): unknown[] =>
      new Manifests(chart(values)).of('PersistentVolumeClaim').map(({ spec }) => spec);
    const accessModes = ['ReadWriteOnce'];
    expect(claims({})).toEqual([{ accessModes, resources: { requests: { storage: '2Gi' } } }]);
    expect(claims({ journal: { size: '500M', storageClass: 'fast' } })).toEqual([
      { accessModes, storageClassName: 'fast', resources: { requests: { storage: '500M' } } },
    ]);
    expect(claims({ journal: { existingClaim: 'mine' } })).toEqual([]);
    const { volumes } = new Manifests(chart({ journal: { existingClaim: 'mine' } })).pod;
    expect(volumes!.at(-1)!.persistentVolumeClaim).toEqual({ claimName: 'mine' });
    expect(chart({ journal: { enabled: false } })).not.toMatch(/journal|fsGroup/i);
  });

  it('installs a ServiceMonitor that selects the admin Service only', () => {
    const manifests = new Manifests(chart(VALUE_SETS['everything that is optional']));
    const monitor = manifests.all.find(({ kind }) => kind === 'ServiceMonitor') as unknown as {
      spec: { selector: { matchLabels: Record<string, string> }; endpoints: { port: string }[] };
    };
    const wanted = Object.entries(monitor.spec.selector.matchLabels);
    const selected = manifests
      .of('Service')
      .filter(({ metadata }) => wanted.every(([name, value]) => metadata.labels[name] === value));
    expect(selected.map(({ metadata }) => metadata.name)).toEqual(['recodex-monitor-progress-admin']);
    expect(selected[0]!.spec!.ports![0]!.name).toBe(monitor.spec.endpoints[0]!.port);
  });

  it('gives the token of a Secret to Prometheus, which it needs with auth.admin', () => {
    const enabled = { serviceMonitor: { enabled: true, tokenSecret: 'metrics' } };
    const monitor = new Manifests(chart(enabled)).all.find(({ kind }) => kind === 'ServiceMonitor');
    expect(monitor).toMatchObject({
      spec: { endpoints: [{ authorization: { credentials: { name: 'metrics', key: 'token' } } }] },
    });
    const config = { auth: { admin: true } };
    expect(() => chart({ config, secrets: { auth: 'a' }, serviceMonitor: { enabled: true } })).toThrow(
      'serviceMonitor.tokenSecret: expected the name of a Secret with a token',
    );
  });

  it('puts the files of the Secrets into the configuration, where config has precedence', () => {
    const configuration = (values: object) => load(new Manifests(chart(values)).configuration);
    const secrets = { auth: 'a', tls: 'b', curve: 'c' };
    expect(configuration({ secrets })).toMatchObject({
      auth: { keys: [{ alg: 'HS256', file: '/etc/recodex/auth/token.key' }] },
      tls: { cert: '/etc/recodex/tls/tls.crt', key: '/etc/recodex/tls/tls.key' },
      zeromq: {
        curve: { key: '/etc/recodex/curve/monitor.key', clients: '/etc/recodex/curve/allowed-clients' },
      },
    });
    const keys = [{ jwks: '/etc/recodex/auth/jwks.json' }];
    expect(configuration({ secrets, config: { auth: { keys } } })).toMatchObject({ auth: { keys } });
  });

  it('closes a port whose list of peers is empty', () => {
    const ports = (values: object): unknown[] =>
      (new Manifests(chart(values)).one('NetworkPolicy').spec!.ingress ?? []).map(
        (rule) => rule.ports![0]!.port,
      );
    expect(ports({ networkPolicy: { monitoring: [] } })).toEqual(['zeromq', 'public']);
    expect(ports(VALUE_SETS['a closed network policy']!)).toEqual([]);
  });

  it('tells where the broker and the clients connect', () => {
    expect(chartNotes()).toContain('recodex-monitor-zeromq.default:7894');
    expect(chartNotes({ ingress: { tlsSecret: 'tls' } })).toContain('https://recodex.example.org/monitor/');
    expect(chartNotes(VALUE_SETS['nothing that is optional'])).toContain('Warning: without a network policy');
    expect(chartNotes({ journal: { enabled: false } })).toContain('Warning: without a journal');
    expect(chartNotes()).not.toContain('Warning');
    expect(chartNotes()).toContain('Set config.trusted_proxies');
    expect(chartNotes(SECURED_VALUES)).not.toContain('trusted_proxies');
    expect(chartNotes(SECURED_VALUES)).toContain('requires a token with the scope admin');
  });
});

describe('the schema of the values', () => {
  it.each([
    ['an unknown value', { replicas: 2 }, "additional properties 'replicas' not allowed"],
    ['an unknown value in a group', { ingress: { hots: 'a' } }, "additional properties 'hots' not allowed"],
    ['a text for a number', { preStopSeconds: '5' }, "at '/preStopSeconds': got string, want integer"],
    ['an unknown word', { image: { pullPolicy: 'Sometimes' } }, '/image/pullPolicy'],
    ['a path that is no path', { ingress: { path: 'monitor' } }, '/ingress/path'],
    [
      'memory that is no quantity',
      { resources: { limits: { memory: '1.5 GB' } } },
      '/resources/limits/memory',
    ],
    ['an address, which the image sets', { config: { websocket_uri: '*:80' } }, '/config/websocket_uri'],
    ['the word that the image sets', { config: { admin_public: false } }, '/config/admin_public'],
    ['a network that is none', { config: { trusted_proxies: ['ingress'] } }, '/config/trusted_proxies'],
    ['an origin that is none', { config: { origins: ['example.org'] } }, '/config/origins'],
    ['a name that no Secret has', { secrets: { tls: 'My Secret' } }, '/secrets/tls'],
    ['a path of the journal, which the chart sets', { config: { journal: { path: '/j' } } }, '/journal/path'],
    ['a password in the URL of Redis', { relay: { url: 'redis://:secret@redis' } }, '/relay/url'],
    ['a role, which the chart sets', { config: { relay: { role: 'all' } } }, '/config/relay/role'],
    ['a number of edges that is none', { relay: { edges: { minReplicas: 0 } } }, '/relay/edges/minReplicas'],
    ['a size that is no quantity', { journal: { size: '2 GB' } }, '/journal/size'],
    ['a log file, which is not writable', { config: { logger: { file: '/log' } } }, '/config/logger/file'],
    [
      'a deadline that is no number',
      { config: { shutdown: { deadline: 'soon' } } },
      '/config/shutdown/deadline',
    ],
    [
      'an address range that is none',
      { services: { zeromq: { loadBalancerSourceRanges: ['broker'] } } },
      '/0',
    ],
    ['a peer that is everybody', { networkPolicy: { broker: [{}] } }, '/networkPolicy/broker/0'],
  ])('refuses %s', (_name, values, message) => {
    expect(() => chart(values)).toThrow(message);
  });

  it('describes each value, and so does the README', () => {
    const schema = JSON.parse(readFileSync(`${CHART}/values.schema.json`, 'utf8')) as Schema;
    const values = load(readFileSync(`${CHART}/values.yaml`, 'utf8')) as object;
    const readme = readFileSync(`${CHART}/README.md`, 'utf8');
    const paths = [...describedValues(values, schema)];
    expect(paths.length).toBeGreaterThan(30);
    for (const [path, description] of paths) {
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${path}\` `));
      expect(row).toContain(description);
    }
  });
});

/** Objects by kind and name, without what only helm or only kustomize writes. */
function comparable(manifests: Manifests): Record<string, unknown> {
  const text = JSON.stringify(manifests.all).replaceAll(/recodex-monitor-[a-z0-9]{10}"/g, 'recodex-monitor"');
  const objects = JSON.parse(text, (key, value: unknown) => {
    if (OF_HELM.includes(key)) return undefined;
    // The default of a Service.
    if (key === 'type' && value === 'ClusterIP') return undefined;
    if (key === 'annotations' && Object.keys(value as object).length === 0) return undefined;
    return key === 'config.yml' ? load(value as string) : value;
  }) as Manifest[];
  return Object.fromEntries(objects.map((object) => [`${object.kind} ${object.metadata.name}`, object]));
}

/** Each value with its description: all that are no group in the schema. */
function* describedValues(values: object, schema: Schema, prefix = ''): Generator<[string, string]> {
  for (const [name, value] of Object.entries(values) as [string, unknown][]) {
    const path = `${prefix}${name}`;
    const found = schema.properties?.[name];
    if (found?.description === undefined) throw new Error(`expected a description of ${path}, got none`);
    if (found.properties) yield* describedValues(value as object, found, `${path}.`);
    else yield [path, found.description];
  }
}
