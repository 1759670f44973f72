import { readdirSync, readFileSync } from 'node:fs';
import { cpuSeconds } from './usage.js';

/** CPU seconds of the threads of a monitor. */
export interface ThreadUsage {
  readonly main: number;
  /** The worker thread that reads the ROUTER. */
  readonly router: number;
  /** libzmq's thread for input and output. */
  readonly zeromq: number;
  /** V8's helpers, libuv's pool. */
  readonly other: number;
}

type Threads = ReadonlyMap<number, { readonly name: string; readonly cpu: number }>;

/** CPU seconds of each thread of a process so far. */
export function threads(pid: number): Threads {
  const folder = `/proc/${pid}/task`;
  return new Map(
    readdirSync(folder).map((id) => {
      const stat = readFileSync(`${folder}/${id}/stat`, 'latin1');
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      return [Number(id), { name, cpu: cpuSeconds(stat) }];
    }),
  );
}

/** What the threads of a monitor used between two readings. The ROUTER's thread is the busiest beside the main thread. */
export function threadsBetween(pid: number, before: Threads, after: Threads): ThreadUsage {
  let [main, router, zeromq, other] = [0, 0, 0, 0];
  for (const [id, { name, cpu }] of after) {
    const used = cpu - (before.get(id)?.cpu ?? 0);
    if (id === pid) main = used;
    else if (name.startsWith('ZMQ')) zeromq += used;
    else {
      other += used;
      router = Math.max(router, used);
    }
  }
  return { main, router, zeromq, other: other - router };
}
