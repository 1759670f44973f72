import { readFileSync } from 'node:fs';

/** Resources that a process and its children have used (proc(5)). */
export interface ProcessUsage {
  /** Seconds, user and system. */
  readonly cpu: number;
  /** Resident bytes now. */
  readonly rss: number;
  /** Largest number of resident bytes since the start. */
  readonly peak: number;
}

/** USER_HZ: ticks per second of CPU time, the same on all architectures of Linux. */
const TICKS = 100;

/** Reads the resources of a process and its children. */
export function usage(pid: number): ProcessUsage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const own: ProcessUsage = {
    cpu: cpuSeconds(stat),
    rss: kib(status, 'VmRSS'),
    peak: kib(status, 'VmHWM'),
  };
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
  if (children === '') return own;
  return children.split(' ').reduce((sum, child) => add(sum, usage(Number(child))), own);
}

/** CPU seconds, user and system, in the text of `/proc/<pid>/stat` or `/proc/<pid>/task/<tid>/stat`. */
export function cpuSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function add(a: ProcessUsage, b: ProcessUsage): ProcessUsage {
  return { cpu: a.cpu + b.cpu, rss: a.rss + b.rss, peak: a.peak + b.peak };
}

function kib(status: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
}
