import type { JobStatus } from './job-status.js';
import type { LinkStatus } from './link-status.js';
import { texts } from './texts.js';

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
  if (token === undefined) return detail.startsWith('HTTP 401') ? lost(texts.states.tokenMissing) : undefined;
  if (detail.startsWith('HTTP 403')) return lost(texts.states.otherJob);
  if (detail !== 'token') return undefined;
  // The local clock may be wrong. A token that the monitor has accepted before is expired in any case.
  const isExpired = wasLive || expiryOf(token) <= now;
  return lost(isExpired ? texts.states.tokenExpired : texts.states.tokenRefused);
}

function lost(state: Pick<JobStatus, 'headline' | 'detail'>): JobStatus {
  return { tone: 'lost', ...state };
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
