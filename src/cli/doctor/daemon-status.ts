import { isRecord, valueAt } from '../../config/keys.js';

/** What `doctor` reads from `/status` of the admin listener. */
export interface DaemonStatus {
  readonly version: string;
  readonly state: string;
  readonly uptime: number;
  readonly configuration: Readonly<Record<PropertyKey, unknown>>;
  /** The part of the daemon in a relay; `null`: it works alone. */
  readonly relay?: DaemonRelay | null;
  readonly broker: { readonly endpoint: string | null; readonly peers: number };
  readonly listeners: { readonly public: readonly string[] };
  readonly limits: readonly { readonly key: string; readonly limit: number }[];
  readonly warnings: readonly Readonly<Record<string, unknown>>[];
}

/** What `doctor` reads of the part of the daemon in a relay. */
export interface DaemonRelay {
  readonly role: string;
  readonly state: string;
  readonly stale: boolean;
  readonly led: boolean;
  readonly lag_entries: number;
  /** Seconds. */
  readonly lag_seconds: number;
  readonly buffer_bytes: number;
  readonly buffer_limit: number;
  readonly lost_messages: number;
}

/** The daemon must bind the ROUTER: it works alone, or it has the lease. Without Redis it keeps its ROUTER. */
export function bindsRouter({ relay, broker }: DaemonStatus): boolean {
  if (!relay || relay.state === 'leading') return true;
  return relay.role !== 'edge' && relay.state === 'away' && broker.endpoint !== null;
}

/** The daemon admits clients. A process with the role ingest only takes messages. */
export function servesClients({ relay }: DaemonStatus): boolean {
  return relay?.role !== 'ingest';
}

/** Reads the answer of `/status`. `undefined`: it is not the answer of a monitor. */
export function readDaemonStatus(value: unknown): DaemonStatus | undefined {
  if (!isRecord(value)) return undefined;
  const { version, state, uptime, configuration, relay, broker, listeners, limits, warnings } = value;
  const isStatus =
    typeof version === 'string' &&
    typeof state === 'string' &&
    typeof uptime === 'number' &&
    isRecord(configuration) &&
    (relay === undefined || relay === null || isDaemonRelay(relay)) &&
    isRecord(broker) &&
    typeof broker['peers'] === 'number' &&
    isRecord(listeners) &&
    Array.isArray(listeners['public']) &&
    [limits, warnings].every((list) => Array.isArray(list) && list.every(isRecord));
  return isStatus ? (value as unknown as DaemonStatus) : undefined;
}

function isDaemonRelay(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { role, state, stale, led, lag_entries, lag_seconds, buffer_bytes, buffer_limit, lost_messages } =
    value;
  return (
    [role, state].every((text) => typeof text === 'string') &&
    [stale, led].every((flag) => typeof flag === 'boolean') &&
    [lag_entries, lag_seconds, buffer_bytes, buffer_limit, lost_messages].every(
      (number) => typeof number === 'number',
    )
  );
}

/** A number in the configuration of the daemon. `undefined`: another version without this key. */
export function configuredNumber(status: DaemonStatus, key: string): number | undefined {
  const value = valueAt(status.configuration, key.split('.'));
  return typeof value === 'number' ? value : undefined;
}
