import type { Problem } from '../config/problem.js';
import type { Warning } from '../config/warning.js';

/** What one part of the monitor did at a reload. */
export interface ReloadedPart {
  readonly name: string;
  readonly successful: boolean;
  /** Why it failed. The part then keeps its previous state. */
  readonly reason?: string;
}

/** The result of a reload, as operators get it. */
export interface ReloadReport {
  /** The configuration is valid, and no part failed. */
  readonly successful: boolean;
  /** Keys that have a new value. */
  readonly applied: readonly string[];
  /** Keys that differ from the file until the monitor restarts. */
  readonly need_restart: readonly string[];
  /** The problems of the configuration. With any of them, nothing has changed. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
  readonly parts: readonly ReloadedPart[];
}
