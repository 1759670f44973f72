import type { Socket } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { NetworkList } from '../../config/network.js';
import { limitsConfig } from '../../config/namespaces.js';
import { addressGroup } from './address-group.js';
import type { AddressLease } from './address-lease.js';
import { AddressReports, type AddressLimit } from './address-reports.js';
import { AddressTable, type AddressEntry } from './address-table.js';
import { InputBrake } from './input-brake.js';
import { afterTaking, BURST, isOverdrawn } from './rate.js';

/**
 * Connections of one address that are answered with 429, above `limits.connections_per_address`. Further ones are
 * closed without an answer, because each takes a place while it waits for its answer.
 */
const ANSWERED = 100;

/** Input of this many bytes never waits: the answers to pings of clients that share an address with a flood. */
const SMALL_INPUT = 256;

/** The limits for a single address: connections, new connections, requests answered 404, and input. */
@Injectable()
export class AddressLimits {
  readonly table = new AddressTable();
  readonly reports: AddressReports;
  private readonly brake: InputBrake<AddressEntry>;
  private exempt = new NetworkList([]);

  constructor(@Inject(limitsConfig.KEY) readonly limits: ConfigType<typeof limitsConfig>) {
    this.reports = new AddressReports(limits);
    this.brake = new InputBrake((entry) => this.inputBudget(entry));
  }

  /**
   * Counts a connection for an address until `release`. Returns the limit that the connection exceeds. It counts
   * nevertheless, because it takes a place until it is closed.
   *
   * @param address a result of `normalizeIp`
   */
  occupy(lease: AddressLease, address: string): AddressLimit | undefined {
    const entry = this.table.entryFor(addressGroup(address), this.limits.addresses);
    if (!entry) return undefined;
    lease.entry = entry;
    lease.exempt = this.isExempt(address);
    entry.connections++;
    const exceeded = lease.exempt ? undefined : this.exceededBy(entry);
    this.reports.checkShare(entry, lease.exempt);
    return this.refuses(exceeded, address);
  }

  /** Ends the count of `occupy`. May be called more than once. */
  release(lease: AddressLease): void {
    const { entry } = lease;
    if (!entry) return;
    lease.entry = undefined;
    entry.connections--;
    this.table.removeUnused(entry, seconds());
  }

  /** Whether an address has so many connections that a further one gets no answer. */
  isFlooding({ entry, exempt }: AddressLease): boolean {
    const limit = this.limits.connections_per_address;
    if (!entry || exempt || limit === 0 || this.limits.report_only) return false;
    return entry.connections > limit + ANSWERED;
  }

  /**
   * The limit that refuses a request of a client behind a proxy, where connections say nothing about the client: each
   * request counts as a new connection.
   */
  refusesProxiedRequest(address: string): AddressLimit | undefined {
    if (this.limits.connects_per_second_per_address === 0 || this.isExempt(address)) return undefined;
    const entry = this.table.entryFor(addressGroup(address), this.limits.addresses);
    return !entry || this.takesConnect(entry) ? undefined : this.refuses('connects', address);
  }

  /** The limit that refuses requests other than streams, because the address got many answers with 404. */
  refusesRequest(address: string): AddressLimit | undefined {
    const entry = this.table.find(addressGroup(address));
    if (!entry || this.limits.not_found_per_second_per_address === 0) return undefined;
    if (!isOverdrawn(entry.notFoundPaidAt, seconds()) || this.isExempt(address)) return undefined;
    return this.refuses('not_found', address);
  }

  /** Counts a request that was answered with 404. */
  countNotFound(address: string): void {
    const rate = this.limits.not_found_per_second_per_address;
    if (rate === 0) return;
    const entry = this.table.entryFor(addressGroup(address), this.limits.addresses);
    const now = seconds();
    if (!entry || isOverdrawn(entry.notFoundPaidAt, now)) return;
    entry.notFoundPaidAt = afterTaking(entry.notFoundPaidAt, 1, rate, now);
  }

  /** Counts input, and holds the connection while the address has sent more than it may. */
  charge(entry: AddressEntry, socket: Socket, bytes: number): void {
    const rate = this.limits.input_bytes_per_second_per_address;
    if (rate === 0) return;
    const now = seconds();
    entry.inputPaidAt = afterTaking(entry.inputPaidAt, bytes, rate, now);
    if (bytes <= SMALL_INPUT || !isOverdrawn(entry.inputPaidAt, now)) return;
    if (this.refuses('input', entry.group)) this.brake.hold(socket, entry);
    // With `limits.report_only` nobody waits, so the debt would only grow.
    else entry.inputPaidAt = now + BURST;
  }

  private exceededBy(entry: AddressEntry): AddressLimit | undefined {
    const { connections_per_address: connections } = this.limits;
    if (connections > 0 && entry.connections > connections) return 'connections';
    return this.takesConnect(entry) ? undefined : 'connects';
  }

  /** Counts a new connection. Returns false above `limits.connects_per_second_per_address`. */
  private takesConnect(entry: AddressEntry): boolean {
    const rate = this.limits.connects_per_second_per_address;
    if (rate === 0) return true;
    const now = seconds();
    const paidAt = afterTaking(entry.connectsPaidAt, 1, rate, now);
    // A refused connection takes nothing, so that the address is served again as soon as the rate permits.
    if (isOverdrawn(paidAt, now)) return false;
    entry.connectsPaidAt = paidAt;
    return true;
  }

  /** Counts and logs that a limit is reached. With `limits.report_only` it has no effect. */
  private refuses(limit: AddressLimit | undefined, address: string): AddressLimit | undefined {
    if (!limit) return undefined;
    this.reports.reached(limit, address);
    return this.limits.report_only ? undefined : limit;
  }

  private inputBudget(entry: AddressEntry): number {
    const rate = this.limits.input_bytes_per_second_per_address;
    if (rate === 0 || this.limits.report_only) return Infinity;
    return (seconds() + BURST - entry.inputPaidAt) * rate;
  }

  private isExempt(address: string): boolean {
    const { exempt } = this.limits;
    if (!this.exempt.isOf(exempt)) this.exempt = new NetworkList(exempt);
    return this.exempt.has(address);
  }
}

function seconds(): number {
  return performance.now() / 1000;
}
