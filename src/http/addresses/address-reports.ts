import { Logger } from '@nestjs/common';
import { ThrottledWarning } from '../../logging/throttled-warning.js';
import type { AddressEntry } from './address-table.js';

/** A limit for a single address. */
export type AddressLimit = 'connections' | 'connects' | 'not_found' | 'input';

/** The key of each limit in the group `limits`. */
const KEYS = {
  connections: 'connections_per_address',
  connects: 'connects_per_second_per_address',
  not_found: 'not_found_per_second_per_address',
  input: 'input_bytes_per_second_per_address',
} as const satisfies Record<AddressLimit, string>;

type ReportedLimits = Readonly<Record<(typeof KEYS)[AddressLimit], number> & { report_only: boolean }>;

/** Counts how often addresses reach their limits, and logs it. */
export class AddressReports {
  /** Refused requests and slowed inputs since the start. With `limits.report_only`, those that would have been. */
  readonly counts: Record<AddressLimit, number> = { connections: 0, connects: 0, not_found: 0, input: 0 };
  private readonly logger = new Logger('AddressLimits');
  private readonly warnings = Object.fromEntries(
    Object.keys(KEYS).map((limit) => [
      limit,
      new ThrottledWarning(this.logger, 'An address has reached its limit'),
    ]),
  ) as Record<AddressLimit, ThrottledWarning>;
  private readonly shared = new ThrottledWarning(
    this.logger,
    'One address has most of limits.connections_per_address: if it is a proxy, add it to trusted_proxies and let it send X-Forwarded-For',
  );

  constructor(private readonly limits: ReportedLimits) {}

  /** @param address of the client */
  reached(limit: AddressLimit, address: string): void {
    this.counts[limit]++;
    const effect = this.limits.report_only ? 'none (limits.report_only)' : EFFECTS[limit];
    this.warnings[limit].warn({ address, [`limits.${KEYS[limit]}`]: this.limits[KEYS[limit]], effect });
  }

  /** Tells the operator once about an address that has more than half of its connections: it may be a proxy. */
  checkShare(entry: AddressEntry, exempt: boolean): void {
    const limit = this.limits.connections_per_address;
    if (entry.reported || limit === 0 || entry.connections * 2 <= limit) return;
    entry.reported = true;
    this.shared.warn({ address: entry.group, connections: entry.connections, limit, exempt: String(exempt) });
  }
}

const EFFECTS: Readonly<Record<AddressLimit, string>> = {
  connections: 'requests get 429',
  connects: 'requests get 429',
  not_found: 'requests get 429',
  input: 'input is read slower',
};
