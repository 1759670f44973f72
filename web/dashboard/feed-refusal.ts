/** The answer of a monitor that opens no stream. */
export interface FeedRefusal {
  readonly reason: string;
  /** Milliseconds to wait at least. */
  readonly retryAfter: number;
}

/** Milliseconds: a longer `Retry-After` is not obeyed. */
const LONGEST_WAIT = 60_000;
/** Characters of a reason that are shown. */
const MAX_REASON = 200;

/** Reads the refusal of a 503; `undefined` for any other answer, such as an error of a proxy. */
export async function feedRefusalOf(response: Response): Promise<FeedRefusal | undefined> {
  const reason = (await errorMessageOf(response)) ?? '';
  if (response.status !== 503) return undefined;
  const seconds = Number(response.headers.get('Retry-After')) || 0;
  return { reason, retryAfter: Math.min(LONGEST_WAIT, seconds * 1000) };
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
