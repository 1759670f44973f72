import { authorization } from '../token-option.js';
import { routeProblem } from '../verify/route-problem.js';
import { readDaemonClients, type DaemonClient } from './daemon-client.js';
import { readDaemonStatus, type DaemonStatus } from './daemon-status.js';

/** What the running daemon answers. */
export type DaemonAnswer =
  | {
      readonly kind: 'answers';
      readonly url: string;
      readonly status: DaemonStatus;
      readonly date: ObservedDate | undefined;
      /** The state of the journal, such as `open`. */
      readonly journal: string | undefined;
    }
  /** The admin listener refuses the token, or another program answers. */
  | { readonly kind: 'refuses'; readonly url: string; readonly status: number; readonly hasToken: boolean }
  | { readonly kind: 'silent'; readonly url: string; readonly reason: string }
  /** The configuration has no address of the admin listener: it is off, or has any free port. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** A `Date` header, and when it arrived. In milliseconds since 1970. */
export interface ObservedDate {
  readonly server: number;
  readonly local: number;
}

const TIMEOUT_MS = 5000;

/** Asks the admin listener at a URL for the state of the daemon. Rejects only when the signal is aborted. */
export async function probeDaemon(
  url: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<DaemonAnswer> {
  try {
    const response = await get(url, 'status', token, signal);
    if (response.status !== 200)
      return { kind: 'refuses', url, status: response.status, hasToken: token !== undefined };
    const date = observeDate(response.headers.get('Date'));
    const status = readDaemonStatus(await response.json().catch(() => undefined));
    if (!status) return { kind: 'refuses', url, status: 200, hasToken: token !== undefined };
    return { kind: 'answers', url, status, date, journal: await journalState(url, signal) };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'silent', url, reason: reasonOf(error) };
  }
}

/** The clients of a channel, as the daemon sees them. `undefined`: the daemon does not tell. */
export async function probeClients(
  daemon: DaemonAnswer,
  channel: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<readonly DaemonClient[] | undefined> {
  if (daemon.kind !== 'answers') return undefined;
  try {
    const path = `channels/${encodeURIComponent(channel)}/connections`;
    const response = await get(daemon.url, path, token, signal);
    return readDaemonClients(await response.json());
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** @param header the value of a `Date` header that arrived now */
export function observeDate(header: string | null | undefined): ObservedDate | undefined {
  const server = Date.parse(header ?? '');
  return Number.isNaN(server) ? undefined : { server, local: Date.now() };
}

// The probe has the state of the journal with both of its statuses.
async function journalState(url: string, signal: AbortSignal): Promise<string | undefined> {
  const response = await get(url, 'health/ready', undefined, signal);
  const report = (await response.json().catch(() => undefined)) as
    { details?: { journal?: { state?: string } } } | undefined;
  return report?.details?.journal?.state;
}

function get(url: string, path: string, token: string | undefined, signal: AbortSignal): Promise<Response> {
  return fetch(new URL(path, url.replace(/\/?$/, '/')), {
    headers: { Accept: 'application/json', ...authorization(token) },
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  return routeProblem(error.cause instanceof Error ? error.cause : error);
}
