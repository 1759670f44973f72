import { execFileSync } from 'node:child_process';
import { load } from 'js-yaml';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { useCertificates } from '../fixtures/certificates.js';
import { markedBlock } from '../fixtures/markdown.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';
import { chart, chartNotes, SCALED_VALUE_SETS } from './chart.js';
import { Dockerfile } from './dockerfile.js';
import { typeErrors, validateManifest } from './kubernetes-schema.js';
import { kustomize, overlay } from './kubernetes-tools.js';
import { bytesOf, Manifests } from './manifests.js';
import { environmentBelow, mountSecrets, newSecrets, withPathsBelow } from './secret-volume.js';

const MIB = 1024 * 1024;
const METRIC = 'recodex_monitor_connections';
const ROLES = ['ingest', 'edge'] as const;
const dockerfile = new Dockerfile();
const directory = useTemporaryDirectory();
const certificates = useCertificates();
const page = readFileSync('docs/scaling.md', 'utf8');

const rendered: [string, () => string][] = [
  ['the scaled base', () => kustomize('packaging/kubernetes/scaled')],
  ['the scaled overlay', () => kustomize('packaging/kubernetes/overlays/scaled')],
  ['the scaled base with all components', withAllComponents],
  ['the scaled base with a Redis outside of the cluster', redisOutside],
  ...Object.entries(SCALED_VALUE_SETS).map(([name, values]): [string, () => string] => [
    `the chart with ${name}`,
    () => chart(values),
  ]),
];

describe.each(rendered)('%s', (_name, render) => {
  const manifests = new Manifests(render());
  const builtIn = manifests.all.filter(({ kind }) => kind !== 'ServiceMonitor');

  it('fits the schemas of Kubernetes, without unknown fields', () => {
    for (const manifest of builtIn) validateManifest(manifest);
    expect(typeErrors(builtIn)).toEqual([]);
  });

  it('has no journal and no second Deployment that takes messages', () => {
    const names = manifests
      .of('Deployment')
      .map(({ metadata }) => metadata.labels['app.kubernetes.io/component']);
    expect(new Set(names)).toEqual(new Set(ROLES));
    expect(manifests.of('PersistentVolumeClaim')).toEqual([]);
    expect(JSON.stringify(manifests.all)).not.toContain('JOURNAL');
  });

  it('sends clients to the edges, the broker and publishers to the ingest, and operators to all', () => {
    const targets = manifests
      .of('Service')
      .filter(({ metadata }) => metadata.name !== 'redis')
      .map(({ metadata, spec }) => {
        const pods = ROLES.filter((role) => selects(spec!.selector, podLabels(manifests, role)));
        const { publishNotReadyAddresses: always = false, ports } = spec!;
        return [
          metadata.labels['app.kubernetes.io/component']!,
          [pods, always, ports![0]!.targetPort],
        ] as const;
      });
    expect(Object.fromEntries(targets)).toEqual({
      public: [['edge'], false, 'public'],
      zeromq: [['ingest'], true, 'zeromq'],
      publish: [['ingest'], true, 'admin'],
      admin: [['ingest', 'edge'], true, 'admin'],
    });
  });

  it('scales the edges that exist, by a metric that the monitor has', () => {
    const { spec } = manifests.one('HorizontalPodAutoscaler');
    const { metadata, spec: deployment } = manifests.ofRole('edge').one('Deployment');
    expect(spec!.scaleTargetRef).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: metadata.name });
    expect(deployment!.replicas).toBeUndefined();
    expect(spec!.minReplicas).toBeGreaterThanOrEqual(2);
    expect(spec!.maxReplicas).toBeGreaterThan(spec!.minReplicas!);
    const names = spec!.metrics!.flatMap(({ pods }) => pods?.metric.name ?? []);
    for (const name of names) expect(readFileSync('docs/metrics.md', 'utf8')).toContain(`| \`${name}\` `);
    expect(spec!.metrics!.at(-1)).toMatchObject({ type: 'Resource', resource: { name: 'cpu' } });
    expect(spec!.behavior!.scaleDown!.stabilizationWindowSeconds).toBeGreaterThanOrEqual(600);
  });

  it('runs two Pods of the ingest, and removes none before its successor is ready', () => {
    expect(manifests.ofRole('ingest').one('Deployment').spec!.replicas).toBe(2);
    for (const role of ROLES)
      expect(manifests.ofRole(role).one('Deployment').spec!.strategy).toEqual({
        type: 'RollingUpdate',
        rollingUpdate: { maxSurge: 1, maxUnavailable: 0 },
      });
  });

  it('keeps the last Pod of the ingest when no Pod is ready', () => {
    for (const role of ROLES)
      for (const { spec } of manifests.ofRole(role).of('PodDisruptionBudget'))
        expect(spec).toMatchObject({
          maxUnavailable: 1,
          unhealthyPodEvictionPolicy: role === 'ingest' ? 'IfHealthyBudget' : 'AlwaysAllow',
        });
  });

  it('lets each Pod reach Redis and the DNS, and nothing else', () => {
    for (const { spec } of manifests
      .of('NetworkPolicy')
      .filter(({ metadata }) => metadata.name !== 'redis')) {
      const ports = spec!.egress!.map((rule) => rule.ports!.map(({ port }) => port));
      expect(ports).toEqual([[expect.any(Number)], [53, 53]]);
      for (const { to } of spec!.egress!) expect(to!.length).toBeGreaterThan(0);
      for (const { from } of spec!.ingress!) expect(from!.length).toBeGreaterThan(0);
    }
  });

  describe.each(ROLES)('the Pod of the role %s', (role) => {
    const part = manifests.ofRole(role);
    const { container, pod } = part;
    const portNames = container.ports!.map(({ name }) => name);

    it('is selected by the objects of its role only', () => {
      const selectors = [
        part.one('Deployment').spec!.selector.matchLabels,
        ...part.of('PodDisruptionBudget').map(({ spec }) => spec!.selector?.matchLabels),
        ...part.of('NetworkPolicy').map(({ spec }) => spec!.podSelector?.matchLabels),
        ...pod.topologySpreadConstraints!.map(({ labelSelector }) => labelSelector!.matchLabels),
      ];
      for (const selector of selectors)
        expect(ROLES.filter((each) => selects(selector, podLabels(manifests, each)))).toEqual([role]);
    });

    it('opens only the ports that its role needs, to those who need them', () => {
      expect(portNames).toEqual(role === 'edge' ? ['public', 'admin'] : ['public', 'admin', 'zeromq']);
      const open = part
        .of('NetworkPolicy')
        .flatMap(({ spec }) => spec!.ingress!.flatMap(({ ports }) => ports!));
      const names = open.map(({ port }) => port);
      if (names.length > 0)
        expect(new Set(names)).toEqual(new Set(['admin', role === 'edge' ? 'public' : 'zeromq']));
    });

    it('is ready while it waits for the lease', () => {
      const { startupProbe, readinessProbe, livenessProbe } = container;
      const paths = [startupProbe, readinessProbe, livenessProbe].map((probe) => probe!.httpGet!.path);
      expect(paths).toEqual(['/health/live', '/health/ready', '/health/live']);
    });

    it('has a configuration that the monitor accepts', () => {
      const { relay } = settingsOf(part);
      expect(relay).toMatchObject({ role, url: expect.stringMatching(/^rediss?:/) as string });
    });

    it('waits for the pause, the shutdown and five more seconds', () => {
      const { shutdown } = settingsOf(part);
      if (role === 'ingest') expect(part.preStop).toBe(0);
      expect(pod.terminationGracePeriodSeconds).toBe(part.preStop + Math.ceil(shutdown.deadline) + 5);
    });

    it('reserves the memory that its limits need', () => {
      const { limits, relay, tls } = settingsOf(part);
      const clients = role === 'edge' ? limits.connections * (tls.cert ? 34 : 9) * 1024 : relay.buffer;
      const needed = 100 * MIB + limits.total_bytes + limits.encoded_bytes + clients;
      const { requests, limits: most } = container.resources!;
      expect(bytesOf(requests!['memory']!)).toBeGreaterThan(needed);
      expect(bytesOf(most!['memory']!)).toBeGreaterThan(bytesOf(requests!['memory']!));
    });

    it('has no privileges, and secrets that the monitor accepts', () => {
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000 });
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(pod.automountServiceAccountToken).toBe(false);
      const secrets = pod.volumes!.filter(({ secret }) => secret);
      for (const { name, secret } of secrets) expect([name, secret!.defaultMode]).toEqual([name, 0o440]);
      if (secrets.length > 0) expect(pod.securityContext!.fsGroup).toBe(1000);
      const names = secrets.map(({ name }) => name);
      expect(names).not.toContain(role === 'edge' ? 'curve' : 'tls');
      for (const { subPath } of container.volumeMounts!) expect(subPath).toBeUndefined();
    });
  });
});

describe('the Redis to try the relay out', () => {
  const manifests = new Manifests(kustomize('packaging/kubernetes/overlays/scaled'));
  const set = manifests.all.find(({ kind }) => kind === 'StatefulSet') as unknown as {
    spec: { template: { spec: { containers: { command: string[] }[] } } };
  };

  it('keeps all entries', () => {
    const command = set.spec.template.spec.containers[0]!.command.at(-1)!;
    for (const option of ['--appendonly yes', '--maxmemory-policy noeviction'])
      expect(command).toContain(option);
  });

  it('has the name in relay.url, and lets the Pods of the monitor in', () => {
    const [policy] = manifests.of('NetworkPolicy').filter(({ metadata }) => metadata.name === 'redis');
    const [rule] = policy!.spec!.ingress!;
    for (const role of ROLES)
      expect(selects(rule!.from![0]!.podSelector!.matchLabels, podLabels(manifests, role))).toBe(true);
    expect(settingsOf(manifests.ofRole('edge')).relay.url).toBe('redis://redis:6379');
  });
});

describe('the rule of the Prometheus adapter', () => {
  it('gives the autoscaler its metric', () => {
    const { rules } = load(markedBlock(page, 'adapter-rule')) as {
      rules: { seriesQuery: string; name: { as: string } }[];
    };
    expect(rules[0]!.seriesQuery).toMatch(new RegExp(`^${METRIC}\\{`));
    const { metrics } = new Manifests(kustomize('packaging/kubernetes/scaled')).one(
      'HorizontalPodAutoscaler',
    ).spec!;
    expect(metrics![0]!.pods!.metric.name).toBe(rules[0]!.name.as);
  });
});

describe('the chart with a relay', () => {
  it('refuses to wait for a broker that a standby does not have', () => {
    const values = { relay: { url: 'redis://redis' }, config: { health: { require_broker: true } } };
    expect(() => chart(values)).toThrow('config.health.require_broker: expected false');
  });

  it('tells where publishers connect, and misses no journal', () => {
    const notes = chartNotes({ relay: { url: 'redis://redis' } });
    expect(notes).toContain('http://recodex-monitor-publish.default.svc:4568/');
    expect(notes).not.toContain('Warning');
  });
});

interface RelayPodSettings {
  readonly relay: { role: string; url: string; buffer: number };
  readonly shutdown: { deadline: number };
  readonly limits: { connections: number; total_bytes: number; encoded_bytes: number };
  readonly tls: { cert: string | null };
}

/** The settings of a Pod, as the monitor prints them. Throws when the monitor refuses them. */
function settingsOf(manifests: Manifests): RelayPodSettings {
  const root = directory.path;
  const { cert, key } = certificates.make();
  mountSecrets(manifests, root, newSecrets({ cert: certificates.read(cert), key: certificates.read(key) }));
  mkdirSync(join(root, 'etc/recodex/redis-ca'), { recursive: true });
  writeFileSync(join(root, 'etc/recodex/redis-ca/ca.crt'), certificates.read(cert));
  const file = directory.file('config.yml');
  writeFileSync(file, withPathsBelow(root, manifests.configuration));
  const env = { PATH: process.env.PATH, ...dockerfile.environment, ...environmentBelow(root, manifests) };
  const run = (command: string): string =>
    execFileSync(process.execPath, ['dist/main.js', command, '-c', file], { encoding: 'utf8', env });
  expect(run('check-config')).toContain('valid');
  return load(run('print-config')) as RelayPodSettings;
}

function podLabels(manifests: Manifests, role: string): Readonly<Record<string, string>> {
  return manifests.ofRole(role).one('Deployment').spec!.template.metadata!.labels!;
}

function selects(selector: object | undefined, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(selector!).every(([name, value]) => labels[name] === value);
}

function withAllComponents(): string {
  const names = ['auth', 'curve', 'tls', 'redis-ca', 'trial-redis'];
  const components = names.map((name) => `../../components/${name}`).join(', ');
  // An authority needs TLS.
  const configuration = `[{ name: recodex-monitor, behavior: merge, literals: ['config.yml={ relay: { url: "rediss://redis" } }'] }]`;
  return overlay('scaled', `components: [${components}]\nconfigMapGenerator: ${configuration}\n`);
}

function redisOutside(): string {
  return overlay('scaled', markedBlock(page, 'redis-outside'));
}
