import { isRecord } from '../../config/keys.js';

/** A client as the daemon sees it. */
export interface DaemonClient {
  readonly address: string;
  /** Where the address comes from, such as `header`. */
  readonly source: string;
}

/** Reads the answer of `/channels/:id/connections`. `undefined`: it is not the answer of a monitor of this version. */
export function readDaemonClients(value: unknown): readonly DaemonClient[] | undefined {
  if (!isRecord(value) || !Array.isArray(value['connections'])) return undefined;
  const { connections } = value as { connections: unknown[] };
  return connections.every(isDaemonClient) ? connections : undefined;
}

function isDaemonClient(value: unknown): value is DaemonClient {
  return isRecord(value) && typeof value['address'] === 'string' && typeof value['source'] === 'string';
}
