import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

/** The files of a self-signed certificate for 127.0.0.1. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
  /** The certificate and the key in one file. */
  readonly both: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    certificate: Certificate;
  }
}

/** Creates the certificate with openssl. All processes that start later trust it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'proxy-certificate-'));
  const certificate = join(directory, 'fullchain.pem');
  const key = join(directory, 'key.pem');
  const both = join(directory, 'haproxy.pem');
  const subject = ['-subj', '/CN=recodex.example.org', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const algorithm = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const files = ['-keyout', key, '-out', certificate];
  await promisify(execFile)('openssl', ['req', '-x509', '-days', '2', ...subject, ...algorithm, ...files]);
  await writeFile(both, (await readFile(certificate, 'utf8')) + (await readFile(key, 'utf8')));
  // A proxy that root has started may read the files as another user.
  for (const path of [key, both]) await chmod(path, 0o644);
  await chmod(directory, 0o755);
  process.env['NODE_EXTRA_CA_CERTS'] = certificate;
  project.provide('certificate', { certificate, key, both });
  return () => rm(directory, { recursive: true, force: true });
}
