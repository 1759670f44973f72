import { closeSync, openSync, readFileSync } from 'node:fs';
import { devNull } from 'node:os';

/** Open files beside those of clients: files, listening sockets, pipes between threads, links of the broker. */
const RESERVED = 64;

/** Share of the remaining open files that is kept for requests and refusals when files are short. */
const SPARE_SHARE = 0.1;

/** Connections beyond the clients when files are not short: plain requests, refusals, incomplete heads. */
const SPARE_CONNECTIONS = 1000;

export interface Capacity {
  /** Clients that are admitted; more get 503. */
  readonly clients: number;
  /** Connections that are accepted at all. */
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

/** Whether another file can be opened. When it can't, libuv drops new connections silently. */
export function canOpenFile(): boolean {
  try {
    closeSync(openSync(devNull, 'r'));
    return true;
  } catch (error) {
    return !['EMFILE', 'ENFILE'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/** The open files that this many clients need. */
export function filesFor(clients: number): number {
  return clients + SPARE_CONNECTIONS + RESERVED;
}

/** The capacity below a limit of open files. It leaves room to refuse a client with 503 before accepting fails. */
export function capacityFor(clients: number, files: number = Infinity): Capacity {
  const connections = Math.max(2, Math.min(clients + SPARE_CONNECTIONS, files - RESERVED));
  const spare = Math.max(1, Math.min(SPARE_CONNECTIONS, Math.floor(connections * SPARE_SHARE)));
  return { clients: Math.min(clients, connections - spare), connections };
}
