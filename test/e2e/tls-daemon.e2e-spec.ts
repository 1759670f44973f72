import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { useCertificates, type CertificateFiles } from '../fixtures/certificates.js';
import { useDaemons } from '../fixtures/daemon.js';
import type { Run } from '../fixtures/run-main.js';

const certificates = useCertificates();
const runs = useDaemons();
const sockets: TLSSocket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

describe('check-config', () => {
  it('accepts a pair', async () => {
    const run = check(certificates.make());
    expect(await run.exit).toBe(0);
  });

  it.each(['check-config', 'run'])(
    '%s names the file of each problem, and exits with 78',
    async (command) => {
      const files = certificates.make();
      chmodSync(files.key, 0o644);
      const ca = certificates.file('empty-ca.pem');
      writeFileSync(ca, '');
      const run = check({ ...files, ca }, command);
      expect(await run.exit).toBe(78);
      expect(run.err).toContain(
        `tls.key: expected a secret that only its owner and its group can read (chmod 640 or 600), got mode 0644 (${files.key})`,
      );
      expect(run.err).toContain(`tls.ca: expected a PEM file, got an empty file (${ca})`);
      expect(run.out).not.toContain('Listening');
    },
  );

  it.each([
    ['cert: /a.pem', 'tls.key: expected the path of the private key of tls.cert'],
    ['key: /a.pem', 'tls.cert: expected the path of the certificate of tls.key'],
    ['ca: /a.pem', 'tls.ca: expected off, or tls.cert and tls.key as well'],
  ])('refuses {%s} alone', async (keys, problem) => {
    const run = runs.start(['check-config', '-c', runs.writeConfig(`tls: {${keys}}\n`)]);
    expect(await run.exit).toBe(78);
    expect(run.err).toContain(problem);
  });
});

describe('the daemon', () => {
  it('speaks TLS, says so in its log, and reads the files again on SIGHUP', async () => {
    const files = certificates.make({ name: 'first' });
    const { daemon, port } = await startDaemon(files);
    expect(daemon.out).toMatch(/Listening key=websocket_uri .* url=https:\/\/127\.0\.0\.1:/);
    const before = await connected(port);
    expect(before.getPeerCertificate().subject.CN).toBe('first');
    certificates.replace(files, certificates.make({ name: 'second' }));
    daemon.child.kill('SIGHUP');
    await daemon.printed(/Using a TLS certificate[^]*Using a TLS certificate/);
    expect((await connected(port)).getPeerCertificate().subject.CN).toBe('second');
    writeFileSync(files.key, 'broken');
    daemon.child.kill('SIGHUP');
    await daemon.printed(/Refused new TLS files: the previous certificate stays in use .*key=tls\.key file=/);
    expect((await connected(port)).getPeerCertificate().subject.CN).toBe('second');
    before.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(String((await once(before, 'data'))[0])).toContain('200 OK');
    daemon.child.kill('SIGTERM');
    expect(await daemon.exit).toBe(0);
  });

  it('is watched by the command that reads the same configuration', async () => {
    const files = certificates.make();
    const { daemon, port } = await startDaemon(files);
    const [, zeromq] = /address=tcp:\/\/(\S+)/.exec(daemon.out)!;
    const env = {
      RECODEX_MONITOR_WEBSOCKET_URI: `127.0.0.1:${port}`,
      RECODEX_MONITOR_ZEROMQ_URI: zeromq!,
      RECODEX_MONITOR_TLS_CERT: files.cert,
      RECODEX_MONITOR_TLS_KEY: files.key,
      NODE_EXTRA_CA_CERTS: files.cert,
    };
    const simulated = runs.start(
      ['simulate', '--tasks', '1', '--delay', '0', '--rate', '100', '--id', 'j'],
      env,
    );
    await simulated.exit;
    expect(simulated.out + simulated.err).toContain(`https://127.0.0.1:${port}/`);
    const watched = runs.start(['watch', 'j'], env);
    expect(await watched.exit).toBe(0);
    const stranger = runs.start(['watch', 'j'], { ...env, NODE_EXTRA_CA_CERTS: '' });
    await vi.waitFor(() => expect(stranger.out + stranger.err).toMatch(/certificate/), 10_000);
  });
});

function check(files: CertificateFiles & { ca?: string }, command = 'check-config'): Run {
  const lines = Object.entries(files).map(([name, path]) => `  ${name}: ${path}\n`);
  return runs.start([command, '-c', runs.writeConfig(`tls:\n${lines.join('')}`)]);
}

async function startDaemon({ cert, key }: CertificateFiles): Promise<{ daemon: Run; port: number }> {
  const { daemon, ws } = await runs.startDaemon({
    RECODEX_MONITOR_TLS_CERT: cert,
    RECODEX_MONITOR_TLS_KEY: key,
  });
  return { daemon, port: Number(new URL(ws).port) };
}

async function connected(port: number): Promise<TLSSocket> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  sockets.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}
