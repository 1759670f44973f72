import { closeSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';

/**
 * Open files besides the connections of clients: files, listening sockets, pipes between threads, connections of the
 * broker.
 */
const RESERVED = 64;

/** Share of all connections that is reserved for plain requests and refusals when the limit of open files is low. */
const SPARE_SHARE = 0.1;

/**
 * Connections reserved for plain requests, refusals and incomplete requests when the limit of open files is high
 * enough.
 */
const SPARE_CONNECTIONS = 1000;

/** How many clients and connections the public server accepts. */
export interface Capacity {
  /** Clients that are admitted; more get 503. */
  readonly clients: number;
  /** Connections that the server accepts; it drops more connections. */
  readonly connections: number;
}

/** The number of files this process may have open (Linux); `undefined` when unknown or unlimited. */
export function openFilesLimit(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/** Whether another file can be opened. Otherwise libuv drops new connections silently. */
export function canOpenFile(): boolean {
  try {
    closeSync(openSync(devNull, 'r'));
    return true;
  } catch (error) {
    return !['EMFILE', 'ENFILE'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/** The number of open files that `clients` clients need. */
export function filesFor(clients: number): number {
  return clients + SPARE_CONNECTIONS + RESERVED;
}

/**
 * The capacity within a limit of open files. Some connections are reserved to refuse clients with 503, before accepting
 * fails.
 */
export function capacityFor(clients: number, files: number = Infinity): Capacity {
  const connections = Math.max(2, Math.min(clients + SPARE_CONNECTIONS, files - RESERVED));
  const spare = Math.max(1, Math.min(SPARE_CONNECTIONS, Math.floor(connections * SPARE_SHARE)));
  return { clients: Math.min(clients, connections - spare), connections };
}
