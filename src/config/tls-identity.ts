import { constants, type KeyObject, type X509Certificate } from 'node:crypto';
import { createSecureContext, DEFAULT_CIPHERS, type SecureContextOptions } from 'node:tls';
import { KeyFileFault } from './key-file.js';
import { fileProblem, parseCertificates, parsePrivateKey, readPemFile, type PemFile } from './pem-file.js';
import { ConfigError, type Problem } from './problem.js';
import type { Settings } from './settings.js';

/** The checked content of the files of `tls`. */
export interface TlsIdentity {
  /** The certificate with its chain, PEM. */
  readonly cert: string;
  /** The private key, PEM. */
  readonly key: string;
  /** The authorities of client certificates, PEM. */
  readonly ca: string | undefined;
  /** The end of the certificate, in milliseconds since 1970. */
  readonly validTo: number;
}

/**
 * Reads and checks the files of `tls`. Resolves to `undefined` when TLS is off. Rejects with a `ConfigError` that lists
 * every problem with the path of its file.
 */
export async function loadTlsIdentity({ cert, key, ca }: Settings['tls']): Promise<TlsIdentity | undefined> {
  if (cert === null || key === null) return undefined;
  const keyFile: PemFile = { key: 'tls.key', path: key, isSecret: true };
  const problems: Problem[] = [];
  const read = async <T>(file: PemFile, parse: (text: string) => T): Promise<Parsed<T> | undefined> => {
    try {
      const text = await readPemFile(file);
      return { text, value: parse(text) };
    } catch (error) {
      problems.push(fileProblem(file, error));
      return undefined;
    }
  };
  const certificates = await read({ key: 'tls.cert', path: cert }, parseCertificates);
  const privateKey = await read(keyFile, parsePrivateKey);
  const authorities = ca === null ? undefined : await read({ key: 'tls.ca', path: ca }, parseCertificates);
  if (certificates && privateKey && problems.length === 0) {
    try {
      checkPair(certificates.value, privateKey.value, cert);
      return identityOf(certificates, privateKey, authorities);
    } catch (error) {
      problems.push(fileProblem(keyFile, error));
    }
  }
  throw new ConfigError('tls', problems);
}

/** The problems of the files of `tls`; none when TLS is off. */
export async function tlsProblems(settings: Settings['tls']): Promise<readonly Problem[]> {
  try {
    await loadTlsIdentity(settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** The options of a server for an identity: TLS 1.2 and 1.3, always with forward secrecy. */
export function contextOptions({
  cert,
  key,
  ca,
}: Pick<TlsIdentity, 'cert' | 'key' | 'ca'>): SecureContextOptions {
  return {
    cert,
    key,
    ca,
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: `${DEFAULT_CIPHERS}:!kRSA`,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
}

interface Parsed<T> {
  readonly text: string;
  readonly value: T;
}

function identityOf(
  certificates: Parsed<X509Certificate[]>,
  key: Parsed<unknown>,
  ca: Parsed<unknown> | undefined,
): TlsIdentity {
  const pem = { cert: certificates.text, key: key.text, ca: ca?.text };
  // OpenSSL refuses more, such as weak keys.
  createSecureContext(contextOptions(pem));
  return { ...pem, validTo: Date.parse(certificates.value[0]!.validTo) };
}

// OpenSSL accepts an empty key and then fails every handshake.
function checkPair(certificates: readonly X509Certificate[], key: KeyObject, path: string): void {
  const place = certificates.findIndex((certificate) => certificate.checkPrivateKey(key));
  if (place === 0) return;
  if (place > 0)
    throw new KeyFileFault(
      `a certificate of this key at the beginning of ${path}`,
      `it at place ${place + 1} of ${certificates.length}`,
    );
  throw new KeyFileFault(`the private key of ${path}`, 'the key of another certificate');
}
