/** 401: no valid token. 403: the token does not permit this. 503: a limit is reached, or the monitor stops. */
export type FeedRefusalStatus = 401 | 403 | 503;

/** The answer of a monitor that opens no stream. */
export interface FeedRefusal {
  readonly status: FeedRefusalStatus;
  readonly reason: string;
  /** Milliseconds to wait at least. */
  readonly retryAfter: number;
}

/** Milliseconds: a longer `Retry-After` is not obeyed. Without a right token, the next attempt hardly succeeds. */
const LONGEST_WAIT = 60_000;
/** Characters of a reason that are shown. */
const MAX_REASON = 200;

/** Reads a refusal; `undefined` for any other answer, such as an error of a proxy. */
export async function feedRefusalOf(response: Response): Promise<FeedRefusal | undefined> {
  const reason = (await errorMessageOf(response)) ?? '';
  const { status } = response;
  if (status === 401 || status === 403) return { status, reason, retryAfter: LONGEST_WAIT };
  if (status !== 503) return undefined;
  const seconds = Number(response.headers.get('Retry-After')) || 0;
  return { status, reason, retryAfter: Math.min(LONGEST_WAIT, seconds * 1000) };
}

/** The `message` of a JSON error; `undefined` if there is none. */
export async function errorMessageOf(response: Response): Promise<string | undefined> {
  try {
    const { message } = (await response.json()) as { message?: unknown };
    return typeof message === 'string' ? message.slice(0, MAX_REASON) : undefined;
  } catch {
    return undefined;
  }
}
