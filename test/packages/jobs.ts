import type { Machine } from './machine.js';

/** Plays a job to the monitor of a machine, as the broker does. @param options further options of `simulate` */
export function playJob(machine: Machine, id: string, options = ''): void {
  machine.run(`recodex-monitor simulate --id ${id} --tasks 2 --rate 1000 --delay 0 ${options}`);
}

/** The stream of a finished job. @param port where clients connect */
export function streamOf(machine: Machine, id: string, port = 4567): string {
  return machine.run(`curl --silent -H 'Accept: text/event-stream' http://127.0.0.1:${port}/channels/${id}`);
}
