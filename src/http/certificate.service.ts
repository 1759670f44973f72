import type { SecureContextOptions } from 'node:tls';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { tlsConfig } from '../config/namespaces.js';
import { ConfigError, type Problem } from '../config/problem.js';
import { contextOptions, loadTlsIdentity, type TlsIdentity } from '../config/tls-identity.js';
import { errorText } from '../text/error-text.js';
import { CertificateExpiry } from './certificate-expiry.js';
import { FolderWatch } from './folder-watch.js';

/** Counters since the start, for metrics. */
export interface CertificateCounters {
  /** New files that are in use since. */
  replaced: number;
  /** New files that were refused. */
  refused: number;
}

/** Uses a new certificate for all later handshakes. */
type ApplyContext = (options: SecureContextOptions) => void;

/** The certificate of the public listener: reads it, replaces it when its files change, and warns before it ends. */
@Injectable()
export class CertificateService {
  readonly counters: CertificateCounters = { replaced: 0, refused: 0 };
  private readonly logger = new Logger(CertificateService.name);
  private readonly expiry = new CertificateExpiry(this.logger, () => this.settings.cert);
  private readonly watch = new FolderWatch(() => void this.check());
  private identity: TlsIdentity | undefined;
  private apply: ApplyContext = () => {};
  private lastRefusal = '';
  /** The latest reading. Readings run one after the other. */
  private reading: Promise<readonly Problem[]> = Promise.resolve([]);

  constructor(@Inject(tlsConfig.KEY) private readonly settings: ConfigType<typeof tlsConfig>) {}

  /** Whether the public listener speaks TLS. */
  get enabled(): boolean {
    return this.settings.cert !== null;
  }

  /** Whether clients need a certificate. */
  get requiresClientCertificate(): boolean {
    return this.settings.ca !== null;
  }

  /** The end of the certificate in use, in milliseconds since 1970; `undefined` without TLS. */
  get validTo(): number | undefined {
    return this.expiry.validTo;
  }

  /**
   * Reads the files, passes the result to `apply`, and does so again whenever the files change. Does nothing when TLS is
   * off. Rejects with a `ConfigError` that names the file.
   */
  async start(apply: ApplyContext): Promise<void> {
    this.apply = apply;
    const identity = await loadTlsIdentity(this.settings);
    if (!identity) return;
    this.use(identity);
    const { cert, key, ca } = this.settings;
    this.watch.start([cert, key, ca].filter((path) => path !== null));
  }

  stop(): void {
    this.watch.stop();
  }

  /**
   * Reads the files again. Connections stay open, and later handshakes use the new certificate. Resolves to the problems
   * of the files: with any, the previous certificate stays in use.
   */
  reload(): Promise<readonly Problem[]> {
    this.lastRefusal = '';
    return this.check();
  }

  private check(): Promise<readonly Problem[]> {
    this.reading = this.reading.then(() => this.read());
    return this.reading;
  }

  private async read(): Promise<readonly Problem[]> {
    // TLS is off, or `start` has not read the files yet.
    if (!this.identity) return [];
    try {
      const identity = await loadTlsIdentity(this.settings);
      const changed = identity !== undefined && !isEqual(identity, this.identity);
      if (changed && identity.validTo <= Date.now())
        return this.refuse([expired(this.settings.cert!, identity)]);
      if (changed) this.replace(identity);
      this.lastRefusal = '';
      return [];
    } catch (error) {
      return this.refuse(
        error instanceof ConfigError ? error.problems : [unusable(this.settings.cert!, error)],
      );
    } finally {
      this.expiry.check();
    }
  }

  private use(identity: TlsIdentity): void {
    this.apply(contextOptions(identity));
    this.identity = identity;
    this.logger.log({
      message: 'Using a TLS certificate',
      cert: this.settings.cert,
      ends: dateText(identity.validTo),
    });
    this.expiry.set(identity.validTo);
  }

  private replace(identity: TlsIdentity): void {
    this.use(identity);
    this.counters.replaced++;
  }

  // The same refusal is logged once, because the files are read every minute.
  private refuse(problems: readonly Problem[]): readonly Problem[] {
    const refusal = JSON.stringify(problems);
    if (refusal === this.lastRefusal) return problems;
    this.lastRefusal = refusal;
    this.counters.refused++;
    for (const { key, expected, got, source } of problems)
      this.logger.warn({
        message: 'Refused new TLS files: the previous certificate stays in use',
        key,
        file: source,
        expected,
        got,
      });
    return problems;
  }
}

function isEqual(a: TlsIdentity, b: TlsIdentity): boolean {
  return a.cert === b.cert && a.key === b.key && a.ca === b.ca;
}

function dateText(time: number): string {
  return new Date(time).toISOString();
}

function expired(path: string, { validTo }: TlsIdentity): Problem {
  const got = `one that ended on ${dateText(validTo)}`;
  return { key: 'tls.cert', expected: 'a certificate that has not expired', got, source: path };
}

function unusable(path: string, error: unknown): Problem {
  return { key: 'tls.cert', expected: 'a certificate that can be used', got: errorText(error), source: path };
}
