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

/**
 * Why a connection was lost, or could not be opened. The stream connects again.
 * - `unreachable`: no connection opened: no network, no server, or an error page of a proxy.
 * - `timeout`: no connection opened in time.
 * - `busy`: the server has no room, or is starting or stopping.
 * - `restart`: the server stops and will be back.
 * - `slow`: the client was too far or too long behind.
 * - `closed`: the server or a proxy closed the connection for another reason.
 * - `broken`: the connection broke without a close.
 * - `silent`: neither a message nor a heartbeat came in time.
 * - `invalid`: the server sent something that can't follow.
 * - `token`: there was no token, or it was refused or expired; the next connection needs another one.
 * - `leader`: this tab shared the connection of another tab, which was closed or does not answer.
 * - `woken`: the browser is online again or the page is shown again, and the connection may be dead.
 */
export type LostReason =
  | 'unreachable'
  | 'timeout'
  | 'busy'
  | 'restart'
  | 'slow'
  | 'closed'
  | 'broken'
  | 'silent'
  | 'invalid'
  | 'token'
  | 'leader'
  | 'woken';

/** How a connection ended. After a loss, the client reconnects. An `End` is final. */
export type ConnectionOutcome = End | LostReason;

/** Close codes (RFC 6455 section 7.4) after which the client reconnects. Others count as `closed`. */
const LOSSES: Readonly<Record<number, LostReason>> = { 1006: 'broken', 1012: 'restart', 1013: 'busy' };

/** The meaning of the server's close code. */
export function classifyClose(code: number, reason: string): ConnectionOutcome {
  const text = `${code} ${reason}`;
  if (code === 1000) return endFromText(reason);
  if (/^10(03|09|08 (?!no channel id$))/.test(text)) return refused(text);
  return text === '1013 slow' ? 'slow' : (LOSSES[code] ?? 'closed');
}

/** The end that the server announced. @param text a close reason, or the data of an `end` event */
export function endFromText(text: string): End {
  return { reason: /\bidle\b/.test(text) ? 'idle' : 'finished' };
}

export function refused(detail: string): End {
  return { reason: 'refused', detail: detail.trim() };
}
