import type { JobStatus } from './job-status.js';
import type { LinkStatus } from './link-status.js';

const AGAIN = 'Open the job again with a new link.';

const MISSING: JobStatus = {
  tone: 'lost',
  headline: 'No access',
  detail: 'This page was opened without an access token. Open it with the complete link of the job.',
};

const REFUSED: JobStatus = {
  tone: 'lost',
  headline: 'No access',
  detail: `The monitor does not accept the access token of this page. ${AGAIN}`,
};

const EXPIRED: JobStatus = {
  tone: 'lost',
  headline: 'Access has expired',
  detail: `The access token of this page has expired. ${AGAIN}`,
};

const OTHER_JOB: JobStatus = {
  tone: 'lost',
  headline: 'No access',
  detail: 'The access token of this page does not include this job. Open this job with its own link.',
};

/**
 * Why the monitor does not show the job to this person; `undefined` if the access is not the reason.
 * @param token the JWT of the page
 * @param now milliseconds since 1970
 */
export function accessProblem(
  { end, wasLive }: Pick<LinkStatus, 'end' | 'wasLive'>,
  token: string | undefined,
  now: number,
): JobStatus | undefined {
  const detail = end?.detail ?? '';
  if (token === undefined) return detail.startsWith('HTTP 401') ? MISSING : undefined;
  if (detail.startsWith('HTTP 403')) return OTHER_JOB;
  if (detail !== 'token') return undefined;
  // The local clock may be wrong. A token that the monitor has accepted before is expired in any case.
  return wasLive || expiryOf(token) <= now ? EXPIRED : REFUSED;
}

/** When a JWT expires, in milliseconds since 1970; NaN if the token does not tell. Does not check the signature. */
function expiryOf(token: string): number {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const { exp } = JSON.parse(atob(payload)) as { exp?: unknown };
    return Number(exp) * 1000;
  } catch {
    return Number.NaN;
  }
}
