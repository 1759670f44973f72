import type { Logger } from '@nestjs/common';

const DAY = 86_400_000;

/** Days before the end of a certificate at which the warnings begin. Most programs renew 30 days before. */
const WARNING_DAYS = 14;

/** Warns once a day when the certificate ends soon or has ended. */
export class CertificateExpiry {
  /** The end of the certificate in use, in milliseconds since 1970. */
  validTo: number | undefined;
  private warnedAt = -Infinity;

  constructor(
    private readonly logger: Logger,
    private readonly path: () => string | null,
  ) {}

  /** Sets the end of a new certificate, and checks it. */
  set(validTo: number): void {
    this.validTo = validTo;
    this.warnedAt = -Infinity;
    this.check();
  }

  check(): void {
    const now = Date.now();
    const { validTo } = this;
    if (validTo === undefined || validTo - now > WARNING_DAYS * DAY || now - this.warnedAt < DAY) return;
    this.warnedAt = now;
    const fields = { cert: this.path(), ends: new Date(validTo).toISOString() };
    if (validTo > now)
      this.logger.warn({
        message: 'The TLS certificate expires soon: renew it',
        ...fields,
        days: Math.floor((validTo - now) / DAY),
      });
    else
      this.logger.error({ message: 'The TLS certificate has expired: clients refuse to connect', ...fields });
  }
}
