import { channelUrl } from 'recodex-monitor/client';
import { authorization, currentToken } from '../token-option.js';
import { CannotVerifyError } from './cannot-verify-error.js';
import { routeProblem } from './route-problem.js';
import { JOB_PREFIX } from './verify-job.js';
import type { WatchTarget } from './watch-connection.js';

const TIMEOUT_MS = 10_000;
/** Characters of a body that are read. The answer of a monitor is shorter. */
const MAX_BODY = 4096;

/** Asks through the given URL how many messages the monitor has of a channel. Rejects with a `CannotVerifyError` if no monitor answers. */
export async function probeRoute(
  { base, channel, token }: WatchTarget,
  signal: AbortSignal,
): Promise<number> {
  const url = channelUrl(base.replace(/^ws/, 'http'), channel);
  const given = currentToken(token);
  const response = await request(url, given, signal);
  const body = (await response.text().catch(() => '')).slice(0, MAX_BODY);
  const isJson = response.headers.get('Content-Type')?.includes('json') ?? false;
  if (response.status === 404 && isJson && body.includes('Unknown channel')) return 0;
  if (response.status === 200 && isJson && body.includes('"subscribers"'))
    return Number(/"messages":(\d+)/.exec(body)?.[1] ?? 0);
  throw new CannotVerifyError(
    `no monitor answers at ${base}: ${explain(response.status, isJson, given !== undefined)}`,
  );
}

async function request(url: URL, token: string | undefined, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      headers: { Accept: 'application/json', ...authorization(token) },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new CannotVerifyError(`no monitor answers at ${url.origin}: ${fetchProblem(error)}`);
  }
}

function fetchProblem(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  return routeProblem(error.cause instanceof Error ? error.cause : error);
}

function explain(status: number, isJson: boolean, hasToken: boolean): string {
  if (hasToken && status === 401) return 'HTTP 401. The token has expired, or the monitor does not accept it';
  if (hasToken && status === 403) return `HTTP 403. The token must include the channels ${JOB_PREFIX}*`;
  if (status === 502 || status === 504)
    return `HTTP ${status}. The proxy does not reach the monitor: check its target, and that the monitor runs`;
  if (status === 503) return 'HTTP 503. The monitor restarts, or the proxy does not reach it';
  if (status === 401 || status === 403)
    return `HTTP ${status}. This path asks for a login. If the monitor wants a token, use --token-file`;
  if (status === 404 && isJson)
    return 'HTTP 404. The admin listener answers so, or another program: give the public address (websocket_uri)';
  if (status === 404) return 'HTTP 404. The path prefix is wrong, or the proxy does not forward this path';
  if (status >= 300 && status < 400)
    return `HTTP ${status}, a redirect. Give the address that it leads to, https:// for example`;
  if (status === 400) return 'HTTP 400. The server may expect https://, or it changes the path';
  return `HTTP ${status}, and not the JSON of a monitor. The path prefix is wrong, or another program answers`;
}
