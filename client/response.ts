import { endFromText, refused, type ConnectionOutcome } from './end.js';

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
  if (status === 429 || status === 503) return 'busy';
  const temporary = status >= 500 || status === 408 || status === 425;
  // While the server restarts, a proxy may answer 404 or send an error page. So the client tries a URL again that has
  // worked before.
  return temporary || (openedBefore && status !== 401 && status !== 403)
    ? 'unreachable'
    : refused(`HTTP ${status} ${type ?? ''}`);
}
