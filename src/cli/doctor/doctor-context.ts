import type { Configuration } from '../../config/load.js';
import type { ConfigError } from '../../config/problem.js';
import type { Settings } from '../../config/settings.js';
import type { DaemonClient } from './daemon-client.js';
import type { DaemonAnswer } from './daemon-probe.js';
import type { DoctorFinding } from './finding.js';
import type { PublicRoute } from './public-route.js';

/** What the checks look at. */
export interface DoctorContext {
  readonly configuration: Configuration | ConfigError;
  /** The settings of the configuration, or the defaults when it is invalid. */
  readonly settings: Settings;
  /** The daemon belongs to this configuration and this machine. `--admin` may name another one. */
  readonly isLocal: boolean;
  readonly daemon: DaemonAnswer;
  /** The way of the users to the monitor; only with a public URL. */
  readonly route: PublicRoute | undefined;
  /** The clients of a channel, as the daemon sees them. `undefined`: the daemon does not tell. */
  readonly clientsOf: (channel: string) => Promise<readonly DaemonClient[] | undefined>;
}

/** One check. `undefined`: the check does not apply, or another check reports the reason. */
export type DoctorCheck = (
  context: DoctorContext,
) => DoctorFinding | undefined | Promise<DoctorFinding | undefined>;
