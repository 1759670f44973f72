import type { Configuration } from '../../config/load.js';
import { ConfigError } from '../../config/problem.js';
import { defaultSettings, type Settings } from '../../config/settings.js';
import { TokenSigner } from '../../auth/token-signer.js';
import { openableUrl } from '../../config/address.js';
import { connectAddress } from '../monitor-address.js';
import { currentToken, type ClientToken } from '../token-option.js';
import { JOB_PREFIX } from '../verify/verify-job.js';
import { CHECKS } from './checks.js';
import { probeClients, probeDaemon, type DaemonAnswer } from './daemon-probe.js';
import { configuredNumber } from './daemon-status.js';
import type { DoctorContext } from './doctor-context.js';
import type { NamedFinding } from './doctor-report.js';
import { PublicRoute } from './public-route.js';

/** What `doctor` looks at. */
export interface DoctorOptions {
  readonly configuration: Configuration | ConfigError;
  /** The public URL. */
  readonly url?: string | undefined;
  /** The URL of the admin listener; by default that of the configuration. */
  readonly admin?: string | undefined;
  readonly token?: ClientToken | undefined;
  /** Seconds that streams stay open without a message; by default the interval of heartbeats and a margin. */
  readonly idle?: number | undefined;
}

/** Seconds of a token that `doctor` makes for itself. */
const TOKEN_LIFETIME = 300;
/** Seconds after the interval of heartbeats until a stream counts as kept open. */
const IDLE_MARGIN = 5;

/** Runs all checks, and reports each finding in the order of the table. Rejects when the signal is aborted. */
export async function diagnose(
  options: DoctorOptions,
  onFinding: (finding: NamedFinding) => void,
  signal: AbortSignal,
): Promise<void> {
  const end = new AbortController();
  try {
    const context = await look(options, AbortSignal.any([signal, end.signal]));
    await Promise.race([runChecks(context, onFinding), aborted(signal)]);
  } finally {
    end.abort();
  }
}

// All at once, because some of them wait.
async function runChecks(context: DoctorContext, onFinding: (finding: NamedFinding) => void): Promise<void> {
  const running = CHECKS.map(([check, run]) => ({ check, finding: (async () => run(context))() }));
  // The loop below rejects with the first error.
  for (const { finding } of running) finding.catch(() => {});
  for (const { check, finding } of running) {
    const found = await finding;
    if (found) onFinding({ check, ...found });
  }
}

async function look(options: DoctorOptions, signal: AbortSignal): Promise<DoctorContext> {
  const { configuration, url, admin } = options;
  const settings = configuration instanceof ConfigError ? defaultSettings() : configuration.settings;
  const token = options.token ?? (await ownToken(settings));
  const daemon = await askDaemon(admin, settings, currentToken(token), signal);
  const idle = options.idle ?? (heartbeatOf(daemon) ?? settings.heartbeat.interval) + IDLE_MARGIN;
  const route = url === undefined ? undefined : await PublicRoute.open({ url, token, idle }, signal);
  const clientsOf = (channel: string) => probeClients(daemon, channel, currentToken(token), signal);
  return { configuration, settings, isLocal: admin === undefined, daemon, route, clientsOf };
}

/** A token that opens everything that the checks need, when this process may read a key of the monitor. */
async function ownToken({ auth }: Settings): Promise<string | undefined> {
  try {
    const signer = TokenSigner.fromKeys(auth.keys);
    const claims = { channels: [`${JOB_PREFIX}*`], scope: 'admin', audience: auth.audience };
    return await signer?.sign({ ...claims, lifetime: TOKEN_LIFETIME });
  } catch {
    // The check of the configuration reports the file.
    return undefined;
  }
}

async function askDaemon(
  admin: string | undefined,
  { admin_uri: own }: Settings,
  token: string | undefined,
  signal: AbortSignal,
): Promise<DaemonAnswer> {
  if (admin !== undefined) return probeDaemon(admin, token, signal);
  if (own === null)
    return { kind: 'unknown', reason: 'the admin listener is off (admin_uri): the daemon was not asked' };
  const address = connectAddress(own);
  if (!address)
    return {
      kind: 'unknown',
      reason: 'admin_uri has port 0, which stands for any free port: the daemon was not asked',
    };
  return probeDaemon(openableUrl(address), token, signal);
}

function heartbeatOf(daemon: DaemonAnswer): number | undefined {
  return daemon.kind === 'answers' ? configuredNumber(daemon.status, 'heartbeat.interval') : undefined;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
  });
}
