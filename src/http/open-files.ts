import { closeSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';

/** Files, listening sockets, pipes between threads and links of the broker that are open beside the clients. */
const RESERVED = 64;

/** How many of the remaining open files are kept for requests and refusals when files are short. */
const SPARE_SHARE = 0.1;

/** Connections beyond the clients where files are not short: plain requests, refusals, heads not yet complete. */
const SPARE_CONNECTIONS = 1000;

export interface Capacity {
  /** Clients that are taken; more are answered 503. */
  readonly clients: number;
  /** Connections that are accepted at all. */
  readonly connections: number;
}

/** How many files this process may have open (Linux); `undefined` where that is not known or not limited. */
export function openFilesLimit(): number | undefined {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    return undefined;
  }
}

/** Whether another file can be opened. Where not, libuv drops new connections and tells nobody. */
export function canOpenFile(): boolean {
  try {
    closeSync(openSync(devNull, 'r'));
    return true;
  } catch (error) {
    return !['EMFILE', 'ENFILE'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/** Open files that `limits.connections` clients need. */
export function filesFor(clients: number): number {
  return clients + SPARE_CONNECTIONS + RESERVED;
}

/** Leaves room below the limit of open files, so that a client is refused with 503 before accepting fails. */
export function capacityFor(clients: number, files: number = Infinity): Capacity {
  const connections = Math.max(2, Math.min(clients + SPARE_CONNECTIONS, files - RESERVED));
  const spare = Math.max(1, Math.min(SPARE_CONNECTIONS, Math.floor(connections * SPARE_SHARE)));
  return { clients: Math.min(clients, connections - spare), connections };
}
