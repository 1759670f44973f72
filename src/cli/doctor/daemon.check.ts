import { formatDuration } from '../../../client/duration.js';
import { journalUser } from '../../journal/journal-lock.js';
import { servesClients } from './daemon-status.js';
import type { DoctorCheck, DoctorContext } from './doctor-context.js';
import { broken, fine, suspicious, type DoctorFinding } from './finding.js';

const LOG = 'Look at its log (journalctl -u recodex-monitor).';

/** The daemon runs, and is open for clients. */
export const checkDaemon: DoctorCheck = (context) => {
  const { daemon } = context;
  if (daemon.kind === 'unknown')
    return suspicious(daemon.reason, 'Give the address of the admin listener with --admin, for all checks.');
  if (daemon.kind === 'silent') return silent(daemon, context);
  if (daemon.kind === 'refuses') return refused(daemon);
  const { version, state, uptime } = daemon.status;
  if (state === 'open')
    return fine(
      `version ${version} runs for ${formatDuration(uptime * 1000)}, ${servesClients(daemon.status) ? 'open for clients' : 'serves no clients (role ingest)'}`,
    );
  if (state === 'draining')
    return suspicious(
      'the daemon is shutting down: it refuses new clients',
      'Wait until it has been restarted.',
    );
  return suspicious(`the daemon is ${state}: it refuses clients`, `Wait a moment, and ask again. ${LOG}`);
};

function silent(
  { url, reason }: { readonly url: string; readonly reason: string },
  { settings, isLocal }: DoctorContext,
): DoctorFinding {
  const text = `no daemon answers at ${url}: ${reason}`;
  const pid = isLocal && settings.journal.path !== null ? userOf(settings.journal.path) : undefined;
  if (pid !== undefined)
    return suspicious(
      `process ${pid} uses the journal, but ${text}`,
      `It is starting or shutting down: wait a moment, and ask again. ${LOG}`,
    );
  if (!isLocal)
    return broken(text, 'Check the address, the firewall, and that the daemon runs on that machine.');
  return broken(
    text,
    `Start it (systemctl start recodex-monitor). If it runs with another configuration, give its file with -c. ${LOG}`,
  );
}

function refused({
  url,
  status,
  hasToken,
}: {
  readonly url: string;
  readonly status: number;
  readonly hasToken: boolean;
}): DoctorFinding {
  if (status !== 401 && status !== 403)
    return broken(
      `the admin listener of a monitor is not at ${url}: HTTP ${status}`,
      'Another program has this port, or this is the public listener. Give the address of admin_uri with --admin.',
    );
  return broken(
    `the admin listener at ${url} refuses ${hasToken ? 'the token' : 'a request without a token'}: HTTP ${status}`,
    'Give a token with the scope admin with --token-file: recodex-monitor token make --scope admin --channel "verify-*" -c FILE.',
  );
}

function userOf(folder: string): number | undefined {
  try {
    return journalUser(folder);
  } catch {
    return undefined;
  }
}
