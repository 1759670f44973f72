import { execFileSync } from 'node:child_process';
import { load } from 'js-yaml';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { markedBlock } from '../fixtures/markdown.js';
import { useCertificates } from '../fixtures/certificates.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';
import { chart, VALUE_SETS } from './chart.js';
import { Dockerfile } from './dockerfile.js';
import { typeErrors, validateManifest } from './kubernetes-schema.js';
import { kustomize, overlay } from './kubernetes-tools.js';
import { bytesOf, Manifests } from './manifests.js';
import { environmentBelow, mountSecrets, newSecrets, withPathsBelow } from './secret-volume.js';

const MIB = 1024 * 1024;
const dockerfile = new Dockerfile();
const directory = useTemporaryDirectory();
const certificates = useCertificates();

const rendered: [string, () => string][] = [
  ['the kustomize base', () => kustomize('packaging/kubernetes/base')],
  ['the example overlay', () => kustomize('packaging/kubernetes/overlays/example')],
  ['the secure overlay', () => kustomize('packaging/kubernetes/overlays/secure')],
  ['the base with CURVE', withCurve],
  ['the base without a journal, as docs/containers.md says', withoutJournal],
  ...Object.entries(VALUE_SETS).map(([name, values]): [string, () => string] => [
    `the chart with ${name}`,
    () => chart(values),
  ]),
];

describe('the base without a journal', () => {
  it('has no volume but the configuration', () => {
    const manifests = new Manifests(withoutJournal());
    expect(manifests.of('PersistentVolumeClaim')).toEqual([]);
    expect(manifests.pod.volumes!.map(({ name }) => name)).toEqual(['config']);
  });
});

describe.each(rendered)('%s', (_name, render) => {
  const manifests = new Manifests(render());
  const builtIn = manifests.all.filter(({ kind }) => kind !== 'ServiceMonitor');
  const podLabels = manifests.one('Deployment').spec!.template.metadata!.labels!;
  const configuration = load(manifests.configuration) as {
    shutdown?: { deadline?: number | string };
    heartbeat?: { interval?: number };
    journal?: { max_bytes?: number };
    limits?: { total_bytes?: number; encoded_bytes?: number; connections?: number };
  };
  const portNames = manifests.container.ports!.map(({ name }) => name);

  it('fits the schemas of Kubernetes, without unknown fields', () => {
    for (const manifest of builtIn) validateManifest(manifest);
    expect(typeErrors(builtIn)).toEqual([]);
  });

  it('selects the Pod wherever it selects', () => {
    const selectors = [
      manifests.one('Deployment').spec!.selector.matchLabels,
      ...manifests.of('Service').map(({ spec }) => spec!.selector),
      ...manifests.of('PodDisruptionBudget').map(({ spec }) => spec!.selector?.matchLabels),
      ...manifests.of('NetworkPolicy').map(({ spec }) => spec!.podSelector?.matchLabels),
    ];
    for (const selector of selectors) {
      expect(Object.keys(selector!)).toHaveLength(2);
      expect(podLabels).toMatchObject(selector!);
    }
  });

  it('does not let the broker through by the labels of the monitor', () => {
    const peers = manifests.of('NetworkPolicy').flatMap(({ spec }) => spec!.ingress ?? []);
    for (const { from } of peers) {
      // Kubernetes reads a missing list as everybody.
      expect(from!.length).toBeGreaterThan(0);
      for (const { podSelector } of from!) expect(podSelector?.matchLabels).not.toEqual(podLabels);
    }
  });

  it('has the ports of the image', () => {
    const ports = manifests.container.ports!.map(({ containerPort }) => String(containerPort));
    expect(ports).toEqual(dockerfile.get('EXPOSE').split(' '));
  });

  it('probes, serves and filters ports of the container', () => {
    const { startupProbe, readinessProbe, livenessProbe } = manifests.container;
    const probes = [startupProbe, readinessProbe, livenessProbe].map((probe) => probe!.httpGet!);
    expect(probes.map(({ path }) => path)).toEqual(['/health/live', '/health/ready', '/health/live']);
    const policies = manifests.of('NetworkPolicy').flatMap(({ spec }) => spec!.ingress ?? []);
    const used = [
      ...probes.map(({ port }) => port),
      ...manifests.of('Service').flatMap(({ spec }) => spec!.ports!.map(({ targetPort }) => targetPort)),
      ...policies.flatMap(({ ports }) => ports!.map(({ port }) => port)),
    ];
    for (const port of used) expect(portNames).toContain(port);
  });

  it('sends clients to a port of a Service that exists, and nobody else to the admin port', () => {
    for (const { spec } of manifests.of('Ingress'))
      for (const { http } of spec!.rules!) {
        const { name, port } = http!.paths[0]!.backend.service!;
        const service = manifests.of('Service').find(({ metadata }) => metadata.name === name);
        expect(service!.spec!.ports!.map((served) => served.name)).toContain(port!.name);
        expect(port!.name).toBe('public');
      }
  });

  it('waits for the pause, the shutdown and five more seconds', () => {
    const deadline = Math.ceil(Number(configuration.shutdown?.deadline ?? 10));
    expect(manifests.pod.terminationGracePeriodSeconds).toBe(manifests.preStop + deadline + 5);
  });

  it('has timeouts of three heartbeats, and at least those of docs/proxies.md', () => {
    const documented = Number(/proxy_read_timeout (\d+)s;/.exec(readFileSync('docs/proxies.md', 'utf8'))![1]);
    const timeout = Math.max(documented, 3 * (configuration.heartbeat?.interval ?? 20));
    for (const { metadata } of manifests.of('Ingress')) {
      const annotation = (name: string): string | undefined =>
        metadata.annotations![`nginx.ingress.kubernetes.io/${name}`];
      expect(annotation('proxy-read-timeout')).toBe(String(timeout));
      expect(annotation('proxy-send-timeout')).toBe(String(timeout));
      expect(annotation('proxy-buffering')).toBe('off');
      expect(annotation('rewrite-target')).toBeUndefined();
    }
  });

  it('reserves the memory that the limits of the configuration need', () => {
    const { total_bytes: total = 256 * MIB, encoded_bytes: encoded = 64 * MIB } = configuration.limits ?? {};
    // TLS takes 25 KiB for each client: docs/tls.md.
    const perClient = (manifests.mountPath('tls') === undefined ? 9 : 9 + 25) * 1024;
    const clients = (configuration.limits?.connections ?? 50_000) * perClient;
    const journal = journalPath(manifests) === undefined ? 0 : 40 * MIB;
    const { requests, limits } = manifests.container.resources!;
    expect(bytesOf(requests!['memory']!)).toBeGreaterThan(100 * MIB + journal + total + encoded + clients);
    expect(bytesOf(limits!['memory']!)).toBeGreaterThan(bytesOf(requests!['memory']!));
  });

  it('runs one Pod, which ends before the next one starts', () => {
    expect(manifests.one('Deployment').spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } });
  });

  it('keeps the journal on a volume that the user of the image can write, or has none', () => {
    const path = journalPath(manifests);
    const mount = manifests.container.volumeMounts!.find(({ name }) => name === 'journal');
    const volume = manifests.pod.volumes!.find(({ name }) => name === 'journal');
    expect([mount?.mountPath, mount?.readOnly]).toEqual([path, undefined]);
    expect(volume === undefined).toBe(path === undefined);
    const ownVolumes = manifests.pod.volumes!.filter(({ name }) => name !== 'config');
    expect(manifests.pod.securityContext!.fsGroup).toBe(ownVolumes.length > 0 ? groupOfImage() : undefined);
    for (const { metadata, spec } of manifests.of('PersistentVolumeClaim')) {
      expect(volume!.persistentVolumeClaim).toEqual({ claimName: metadata.name });
      expect(spec!.accessModes).toEqual(['ReadWriteOnce']);
      const { max_bytes: maxBytes = 1024 * MIB } = configuration.journal ?? {};
      expect(bytesOf(spec!.resources!.requests!['storage']!)).toBeGreaterThanOrEqual(2 * maxBytes);
    }
  });

  it('takes all privileges from the Pod, which is the user of the image', () => {
    const { fsGroup: _fsGroup, fsGroupChangePolicy: _policy, ...context } = manifests.pod.securityContext!;
    expect(context).toEqual({
      runAsNonRoot: true,
      runAsUser: Number(dockerfile.get('USER').split(':')[0]),
      runAsGroup: groupOfImage(),
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(manifests.container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(manifests.pod.automountServiceAccountToken).toBe(false);
  });

  it('mounts Secrets with modes that the monitor accepts, and never with subPath', () => {
    for (const { name, secret } of manifests.pod.volumes!)
      if (secret) expect([name, secret.defaultMode]).toEqual([name, 0o440]);
    for (const mount of manifests.container.volumeMounts!) expect(mount.subPath).toBeUndefined();
  });

  it('tells the Service and the Ingress whether the monitor speaks TLS', () => {
    const isSecure = manifests.mountPath('tls') !== undefined;
    const { spec } = manifests
      .of('Service')
      .find(({ metadata }) => metadata.labels['app.kubernetes.io/component'] === 'public')!;
    expect(spec!.ports![0]!.appProtocol).toBe(isSecure ? 'https' : 'http');
    for (const { metadata } of manifests.of('Ingress'))
      expect(metadata.annotations!['nginx.ingress.kubernetes.io/backend-protocol']).toBe(
        isSecure ? 'HTTPS' : undefined,
      );
  });

  it('mounts a configuration that the monitor accepts', () => {
    const volume = manifests.pod.volumes!.find(({ name }) => name === 'config');
    expect(volume!.configMap!.name).toBe(manifests.one('ConfigMap').metadata.name);
    const root = directory.path;
    const { cert, key } = certificates.make();
    mountSecrets(manifests, root, newSecrets({ cert: certificates.read(cert), key: certificates.read(key) }));
    const file = directory.file('config.yml');
    writeFileSync(file, withPathsBelow(root, manifests.configuration));
    const env = { PATH: process.env.PATH, ...dockerfile.environment, ...environmentBelow(root, manifests) };
    const command = ['dist/main.js', 'check-config', '-c', file];
    expect(execFileSync(process.execPath, command, { encoding: 'utf8', env })).toContain('valid');
    expect(manifests.container.args).toEqual(['-c', `${manifests.mountPath('config')}/config.yml`]);
  });
});

function journalPath({ container }: Manifests): string | undefined {
  return container.env?.find(({ name }) => name === 'RECODEX_MONITOR_JOURNAL_PATH')?.value;
}

function groupOfImage(): number {
  return Number(dockerfile.get('USER').split(':')[1]);
}

/** Renders an overlay with the patches of docs/containers.md. */
function withoutJournal(): string {
  return overlay('base', markedBlock(readFileSync('docs/containers.md', 'utf8'), 'without-journal'));
}

function withCurve(): string {
  return overlay('base', 'components: [../../components/curve]\n');
}
