import type { TargetAddress } from '../load/commands.js';
import type { DaemonProcess } from './daemon-process.js';

export type TargetName = 'ours' | 'journal' | 'naive' | 'nchan';

/** Settings of a target that a scenario changes. */
export interface TargetOptions {
  /** Seconds between two pings. */
  readonly pingSeconds?: number;
  /** Messages that each channel must keep. */
  readonly channelMessages?: number;
  /** Seconds that a finished channel is kept. */
  readonly retentionSeconds?: number;
  /** Bytes that all channels together must keep. */
  readonly totalBytes?: number;
}

/** A running target. */
export interface TargetServer {
  readonly target: TargetName;
  readonly address: TargetAddress;
  readonly process: DaemonProcess;
  /** Seconds from the spawn until the server was ready. */
  readonly readyAfter: number;
  /** Stops the server gracefully and starts it again on the same ports. */
  restart(): Promise<TargetServer>;
}

/** A server that the benchmark measures. */
export interface Target {
  readonly name: TargetName;
  /** Reason why the target cannot run here; `undefined` when it can. */
  readonly missing?: string | undefined;
  /** Name and version, for the report. */
  readonly version: string;
  start(options: TargetOptions): Promise<TargetServer>;
}
