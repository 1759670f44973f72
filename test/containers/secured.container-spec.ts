import { chmodSync } from 'node:fs';
import { get } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { useCertificates } from '../fixtures/certificates.js';
import { useDaemons } from '../fixtures/daemon.js';
import type { Run } from '../fixtures/run-main.js';
import { chart, SECURED_VALUES } from './chart.js';
import { Dockerfile } from './dockerfile.js';
import { kustomize } from './kubernetes-tools.js';
import { Manifests } from './manifests.js';
import { environmentBelow, mountSecrets, newSecrets, withPathsBelow } from './secret-volume.js';

const dockerfile = new Dockerfile();
const certificates = useCertificates();
const runs = useDaemons();

/** The daemon of rendered manifests: their configuration, variables and Secrets, as the user of the Pod. */
interface SecuredDaemon {
  readonly daemon: Run;
  readonly publicUrl: string;
  readonly adminUrl: string;
  readonly volumes: ReturnType<typeof mountSecrets>;
  /** Makes a token by the command that docs/kubernetes.md names. */
  readonly token: (...args: string[]) => Promise<string>;
}

describe.each([
  ['the chart with the values of docs/kubernetes.md', () => chart(SECURED_VALUES)],
  ['the secure overlay', () => kustomize('packaging/kubernetes/overlays/secure')],
])('the daemon of %s', (_name, render) => {
  it('serves TLS, demands tokens, and answers the probes without one', async () => {
    const { publicUrl, adminUrl, token } = await start(new Manifests(render()));
    expect(publicUrl).toMatch(/^https:/);
    const channel = `${publicUrl}channels/job-1`;
    expect((await request(channel)).status).toBe(401);
    expect((await request(channel, await token('--channel', 'job-1'))).status).toBe(404);

    for (const path of ['health/live', 'health/ready'])
      expect((await fetch(adminUrl + path)).status).toBe(200);
    expect((await fetch(`${adminUrl}metrics`)).status).toBe(401);
    const headers = { Authorization: `Bearer ${await token('--scope', 'metrics', '--expires', '365d')}` };
    expect((await fetch(`${adminUrl}metrics`, { headers })).status).toBe(200);
    expect((await fetch(`${adminUrl}status`, { headers })).status).toBe(403);
  });

  it('uses a new certificate when the kubelet updates the volume', async () => {
    const { publicUrl, volumes, daemon } = await start(new Manifests(render()));
    const before = (await request(publicUrl)).fingerprint;
    volumes.get('tls')!.update(newSecrets(certificate())['tls']!);
    await daemon.printed(/Using a TLS certificate[^]*Using a TLS certificate/);
    expect((await request(publicUrl)).fingerprint).not.toBe(before);
  });
});

async function start(manifests: Manifests): Promise<SecuredDaemon> {
  const root = runs.directory.path;
  chmodSync(root, 0o755);
  const volumes = mountSecrets(manifests, root, newSecrets(certificate()));
  const config = runs.writeConfig(withPathsBelow(root, manifests.configuration));
  const { runAsUser: uid, runAsGroup: gid } = manifests.pod.securityContext!;
  const env = {
    ...dockerfile.environment,
    ...environmentBelow(root, manifests),
    // On all addresses, as in the image, on free ports.
    RECODEX_MONITOR_WEBSOCKET_URI: '*:0',
    RECODEX_MONITOR_ADMIN_URI: '*:0',
    RECODEX_MONITOR_ZEROMQ_URI: '*:0',
    RECODEX_MONITOR_JOURNAL_PATH: 'off',
  };
  const user = { uid: uid!, gid: gid! };
  const daemon = runs.start(['-c', config], env, user);
  const [, publicUrl, adminUrl] = await daemon.printed(
    /key=websocket_uri .*url=(\S+)[^]*key=admin_uri .*url=(\S+)[^]*Ready/,
  );
  return {
    daemon,
    volumes,
    publicUrl: publicUrl!,
    adminUrl: adminUrl!,
    token: async (...args) => {
      const made = runs.start(['token', 'make', ...args, '-c', config], env, user);
      expect([await made.exit, made.err]).toEqual([0, '']);
      return made.out.trim();
    },
  };
}

async function request(url: string, token?: string): Promise<{ status: number; fingerprint: string }> {
  const headers = { Accept: 'application/json', ...(token && { Authorization: `Bearer ${token}` }) };
  const sent = get(url, { rejectUnauthorized: false, agent: false, headers });
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate();
  await text(response);
  return { status: response.statusCode!, fingerprint: fingerprint256 };
}

/** A certificate as cert-manager writes it: PEM, with a key in PKCS #8. */
function certificate(): { cert: string; key: string } {
  const { cert, key } = certificates.make();
  return { cert: certificates.read(cert), key: certificates.read(key) };
}
