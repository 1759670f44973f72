import type { Wire } from '../load/order.js';
import type { DaemonProcess } from './daemon-process.js';

export type TargetName = 'ours' | 'naive' | 'nchan';

/** What a scenario needs beyond the defaults of a target. */
export interface Needs {
  /** Seconds between two pings. */
  readonly pingSeconds?: number;
  /** Messages of one channel that must be kept. */
  readonly channelMessages?: number;
  /** Bytes of all channels that must be kept. */
  readonly totalBytes?: number;
}

/** A relay that runs. */
export interface Server {
  readonly target: TargetName;
  readonly wire: Wire;
  readonly process: DaemonProcess;
  /** Seconds from the spawn until it was ready. */
  readonly readyAfter: number;
  /** Ends it as an operator would and starts it anew on the same ports. */
  restart(): Promise<Server>;
}

export interface Target {
  readonly name: TargetName;
  /** Why it can't run here; `undefined` when it can. */
  readonly missing?: string | undefined;
  /** Name and version, for the report. */
  readonly version: string;
  start(needs: Needs): Promise<Server>;
}
