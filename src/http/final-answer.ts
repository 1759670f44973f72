import { STATUS_CODES } from 'node:http';
import { SECURITY_HEADERS } from './security-headers.js';
import type { Listener } from './stream-request.js';

/** The parts of an answer that differ. */
interface FinalAnswer {
  readonly status: number;
  /** Further header lines, each with its line end. */
  readonly lines?: string | undefined;
  /** The body, a line of text. */
  readonly text?: string;
}

/** The last answer on a connection, for sockets that have no `ServerResponse` of Node. */
export function finalAnswer(listener: Listener, { status, lines = '', text = '' }: FinalAnswer): string {
  const type = text === '' ? '' : 'Content-Type: text/plain; charset=utf-8\r\n';
  return (
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n${lines}${type}${SECURITY_HEADERS[listener].lines}` +
    `Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
  );
}
