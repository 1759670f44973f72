import { load } from 'js-yaml';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { helm } from './kubernetes-tools.js';

/** The folder of the chart. */
export const CHART = 'packaging/helm/recodex-monitor';

/** The values of the example in docs/kubernetes.md. */
export const SECURED_VALUES = documentedValues('docs/kubernetes.md');

/** Sets of values, each with a name that ends the sentence "the chart with ...". */
export const VALUE_SETS: Readonly<Record<string, object>> = {
  'default values': {},
  'the values of docs/containers.md': documentedValues('docs/containers.md'),
  'the values of docs/kubernetes.md': SECURED_VALUES,
  'every Secret': {
    secrets: { auth: 'tokens', tls: 'certificate', curve: 'senders' },
    config: { limits: { connections: 10_000 }, zeromq: { allow: ['192.0.2.10'] } },
    journal: { enabled: false },
    services: { public: { type: 'LoadBalancer' } },
    ingress: { enabled: false },
  },
  'other limits and times': {
    config: {
      shutdown: { deadline: 7.5 },
      heartbeat: { interval: 45 },
      limits: { total_bytes: 536_870_912, connections: 10_000 },
      journal: { max_bytes: 4_294_967_296 },
      page: { results_url: 'https://recodex.example.org/solutions/{id}' },
    },
    journal: { size: '10Gi', storageClass: 'fast' },
    preStopSeconds: 0,
    resources: { requests: { memory: '832Mi' }, limits: { memory: '2Gi' } },
  },
  'everything that is optional': {
    nameOverride: 'progress',
    image: { repository: 'registry.example.org/recodex-monitor', tag: '1.0.1', pullSecrets: ['registry'] },
    journal: { existingClaim: 'progress' },
    podAnnotations: { team: 'recodex' },
    nodeSelector: { 'kubernetes.io/arch': 'amd64' },
    tolerations: [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }],
    affinity: { nodeAffinity: {} },
    priorityClassName: 'high',
    services: {
      public: { type: 'NodePort', annotations: { a: 'b' } },
      zeromq: { type: 'LoadBalancer', loadBalancerSourceRanges: ['192.0.2.10/32'] },
      admin: { annotations: { a: 'b' } },
    },
    ingress: { className: '', tlsSecret: 'tls', path: '/', annotations: { 'example.org/a': 'b' } },
    networkPolicy: { broker: [{ ipBlock: { cidr: '192.0.2.10/32' } }], monitoring: [] },
    serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
  },
  'nothing that is optional': {
    fullnameOverride: 'monitor',
    config: null,
    journal: { enabled: false },
    ingress: { enabled: false },
    networkPolicy: { enabled: false },
    disruptionBudget: { enabled: false },
  },
  'a closed network policy': { networkPolicy: { broker: [], clients: [], monitoring: [] } },
};

/** Sets of values with a relay, as `VALUE_SETS`. */
export const SCALED_VALUE_SETS: Readonly<Record<string, object>> = {
  'the values of docs/scaling.md': documentedValues('docs/scaling.md'),
  'a relay and nothing else': { relay: { url: 'redis://redis:6379' } },
  'a relay and all Secrets': {
    nameOverride: 'progress',
    relay: {
      url: 'rediss://redis.example.org:6380/1',
      caConfigMap: 'authority',
      ingest: { resources: { requests: { memory: '1Gi' }, limits: { memory: '2Gi' } } },
      edges: {
        minReplicas: 3,
        maxReplicas: 30,
        connections: 0,
        cpuUtilization: 50,
        resources: { requests: { memory: '1200Mi' }, limits: { memory: '2Gi' } },
      },
    },
    secrets: { auth: 'tokens', tls: 'certificate', curve: 'senders', redis: 'password' },
    config: {
      relay: { stream: 'recodex:{second}', user: 'monitor', buffer: 134_217_728 },
      limits: { connections: 20_000 },
      shutdown: { deadline: 7.5 },
    },
    preStopSeconds: 0,
    networkPolicy: {
      publishers: [{ podSelector: { matchLabels: { app: 'builds' } } }],
      redis: [{ ipBlock: { cidr: '192.0.2.20/32' } }],
    },
    serviceMonitor: { enabled: true },
  },
  'a relay without what is optional': {
    relay: { url: 'redis://redis:6379' },
    ingress: { enabled: false },
    networkPolicy: { enabled: false },
    disruptionBudget: { enabled: false },
  },
};

/** Renders the chart. Throws an error with what helm says about wrong values. */
export function chart(values: object = {}, release = 'recodex-monitor'): string {
  return withValues(values, (file) => helm('template', release, CHART, '--values', file));
}

/** The text that helm prints after an installation. */
export function chartNotes(values: object = {}): string {
  const output = withValues(values, (file) =>
    helm('install', 'recodex-monitor', CHART, '--dry-run=client', '--values', file),
  );
  return output.slice(output.indexOf('NOTES:'));
}

function documentedValues(page: string): object {
  const [, text] = /```yaml\n(# values\.yml\n[^]*?)```/.exec(readFileSync(page, 'utf8'))!;
  return load(text!) as object;
}

function withValues(values: object, use: (file: string) => string): string {
  const directory = mkdtempSync(join(tmpdir(), 'recodex-monitor-chart-'));
  try {
    const file = join(directory, 'values.json');
    writeFileSync(file, JSON.stringify(values));
    return use(file);
  } finally {
    rmSync(directory, { recursive: true });
  }
}
