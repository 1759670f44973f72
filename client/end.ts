/**
 * Why a stream has ended for good. `finished`: the job is done; `idle`: nothing came for too long, the job is given up;
 * `refused`: the server won't serve this request, and coming back would not help; `closed`: by `close()` or the signal.
 */
export interface End {
  readonly reason: 'finished' | 'idle' | 'refused' | 'closed';
  /** What the server said, for a log or a developer. */
  readonly detail?: string;
}

/** How a connection ended: for good, or so that coming back is worth it. */
export type Outcome = End | 'lost';

/** What a close code (RFC 6455 section 7.4) of the server means. */
export function outcomeOfClose(code: number, reason: string): Outcome {
  if (code === 1000) return endOf(reason);
  if (code === 1003 || code === 1009 || (code === 1008 && reason !== 'no channel id')) {
    return refused(`${code} ${reason}`.trim());
  }
  return 'lost';
}

/**
 * What a response to a request for Server-Sent Events means; `undefined`: here they come.
 * @param known the same URL has been live before
 */
export function outcomeOfResponse(status: number, type: string | null, known: boolean): Outcome | undefined {
  if (status === 200 && type?.startsWith('text/event-stream')) return undefined;
  if (status === 204) return endOf('finished');
  const passing = status >= 500 || [408, 425, 429].includes(status);
  // A URL that worked does not turn wrong: a proxy may say 404, or show a page of its own, while the server is replaced.
  return passing || (known && status !== 401 && status !== 403)
    ? 'lost'
    : refused(`HTTP ${status} ${type ?? ''}`.trim());
}

/** The end that the server announced in words of its own. */
export function endOf(said: string): End {
  return { reason: /\bidle\b/.test(said) ? 'idle' : 'finished' };
}

function refused(detail: string): End {
  return { reason: 'refused', detail };
}
