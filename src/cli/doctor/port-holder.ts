import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A process that listens on a TCP port. */
export interface PortHolder {
  /** `undefined`: another user's process, which only root can see. */
  readonly pid: number | undefined;
  /** The command of the process, shortened. */
  readonly command: string | undefined;
}

/** The state LISTEN in /proc/net/tcp. */
const LISTEN = '0A';
const MAX_COMMAND = 80;

/** Who listens on a TCP port of this machine (Linux). `undefined`: nobody, or the system does not tell. */
export function portHolder(port: number): PortHolder | undefined {
  const inodes = ['tcp', 'tcp6'].flatMap((table) => listeningInodes(table, port));
  if (inodes.length === 0) return undefined;
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
  const pid = processes().find((candidate) => openFiles(candidate).some((file) => sockets.has(file)));
  return { pid: pid === undefined ? undefined : Number(pid), command: pid && commandOf(pid) };
}

/** The holder of a port, for a person. */
export function describeHolder({ pid, command }: PortHolder): string {
  if (pid === undefined) return "another user's process (root sees which)";
  return command === undefined ? `process ${pid}` : `process ${pid} (${command})`;
}

// proc(5): the local address is `<hex address>:<hex port>`; the inode is the tenth field.
function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return read(`/proc/net/${table}`)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === LISTEN && local?.endsWith(suffix))
    .map((fields) => fields[9]!);
}

function processes(): string[] {
  return attempt(() => readdirSync('/proc').filter((name) => /^\d+$/.test(name)), []);
}

function openFiles(pid: string): string[] {
  const folder = `/proc/${pid}/fd`;
  return attempt(() => readdirSync(folder), []).map((fd) =>
    attempt(() => readlinkSync(`${folder}/${fd}`), ''),
  );
}

function commandOf(pid: string): string | undefined {
  const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
  return command === '' ? undefined : command.slice(0, MAX_COMMAND);
}

function read(path: string): string {
  return attempt(() => readFileSync(path, 'utf8'), '');
}

function attempt<T>(action: () => T, otherwise: T): T {
  try {
    return action();
  } catch {
    return otherwise;
  }
}
