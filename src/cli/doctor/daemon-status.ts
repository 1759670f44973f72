import { isRecord, valueAt } from '../../config/keys.js';

/** What `doctor` reads from `/status` of the admin listener. */
export interface DaemonStatus {
  readonly version: string;
  readonly state: string;
  readonly uptime: number;
  readonly configuration: Readonly<Record<PropertyKey, unknown>>;
  readonly broker: { readonly endpoint: string | null; readonly peers: number };
  readonly listeners: { readonly public: readonly string[] };
  readonly limits: readonly { readonly key: string; readonly limit: number }[];
  readonly warnings: readonly Readonly<Record<string, unknown>>[];
}

/** Reads the answer of `/status`. `undefined`: it is not the answer of a monitor. */
export function readDaemonStatus(value: unknown): DaemonStatus | undefined {
  if (!isRecord(value)) return undefined;
  const { version, state, uptime, configuration, broker, listeners, limits, warnings } = value;
  const isStatus =
    typeof version === 'string' &&
    typeof state === 'string' &&
    typeof uptime === 'number' &&
    isRecord(configuration) &&
    isRecord(broker) &&
    typeof broker['peers'] === 'number' &&
    isRecord(listeners) &&
    Array.isArray(listeners['public']) &&
    [limits, warnings].every((list) => Array.isArray(list) && list.every(isRecord));
  return isStatus ? (value as unknown as DaemonStatus) : undefined;
}

/** A number in the configuration of the daemon. `undefined`: another version without this key. */
export function configuredNumber(status: DaemonStatus, key: string): number | undefined {
  const value = valueAt(status.configuration, key.split('.'));
  return typeof value === 'number' ? value : undefined;
}
