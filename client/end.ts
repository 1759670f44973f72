/**
 * Why a stream ended for good.
 * - `finished`: the job is done.
 * - `idle`: no message came for a long time, so the server closed the channel.
 * - `refused`: the server rejects this request, and another attempt would not help.
 * - `closed`: `close()` was called, the signal was aborted, or the loop was left.
 */
export interface End {
  readonly reason: 'finished' | 'idle' | 'refused' | 'closed';
  /** The server's explanation, for a log or a developer. */
  readonly detail?: string;
}

/** How a connection ended. After `lost`, the client reconnects. An `End` is final. */
export type ConnectionOutcome = End | 'lost';

/** The meaning of the server's close code (RFC 6455 section 7.4). */
export function classifyClose(code: number, reason: string): ConnectionOutcome {
  if (code === 1000) return endFromText(reason);
  if (code === 1003 || code === 1009 || (code === 1008 && reason !== 'no channel id')) {
    return refused(`${code} ${reason}`);
  }
  return 'lost';
}

/**
 * The meaning of a response to a request for Server-Sent Events; `undefined`: the response is a stream.
 * @param openedBefore the same URL has delivered a stream before
 */
export function classifyResponse(
  status: number,
  type: string | null,
  openedBefore: boolean,
): ConnectionOutcome | undefined {
  if (status === 200 && type?.startsWith('text/event-stream')) return undefined;
  if (status === 204) return endFromText('finished');
  const temporary = status >= 500 || [408, 425, 429].includes(status);
  // While the server restarts, a proxy may answer 404 or send an error page. So the client tries a URL again that has
  // worked before.
  return temporary || (openedBefore && status !== 401 && status !== 403)
    ? 'lost'
    : refused(`HTTP ${status} ${type ?? ''}`);
}

/** The end that the server announced. @param text a close reason, or the data of an `end` event */
export function endFromText(text: string): End {
  return { reason: /\bidle\b/.test(text) ? 'idle' : 'finished' };
}

export function refused(detail: string): End {
  return { reason: 'refused', detail: detail.trim() };
}
