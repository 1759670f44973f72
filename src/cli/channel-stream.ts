import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

import { parseFrame, type StreamMessage } from './stream-frame.js';

/** What happens on a channel's stream. */
export interface StreamListener {
  open(): void;
  /** Each message once, in order. */
  message(message: StreamMessage): void;
  /** All messages so far are void; those that follow are all there are. */
  reset(reason: string): void;
  retry(delayMs: number, why: string): void;
}

/** Why following has ended: the server closed the stream, it won't serve us, or we were told to stop. */
export interface StreamEnd {
  readonly kind: 'closed' | 'refused' | 'stopped';
  readonly reason: string;
}

interface Closed {
  readonly code: number;
  readonly reason: string;
  /** The HTTP status when there was no upgrade. */
  readonly status?: number | undefined;
  /** The connection brought messages or stayed long enough to be called good. */
  readonly good: boolean;
}

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;
/** The server pings every 20 s: a connection silent for this long is dead. */
const SILENCE_MS = 60_000;
const HANDSHAKE_MS = 10_000;
/** How long a server may take to answer our close. */
const GOODBYE_MS = 1000;
/** Close codes that say: the same request would be refused again (protocol.md). */
const REFUSALS: ReadonlySet<number> = new Set([1003, 1008, 1009]);
const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection lost',
  ENOTFOUND: 'host not found',
};

/** Follows a channel until its end, coming back with the position whenever the connection is lost. */
export class ChannelStream {
  private position: { epoch: string; seq: number } | undefined;
  private failures = 0;

  constructor(
    private readonly url: URL,
    private readonly listener: StreamListener,
    private readonly random: () => number = Math.random,
  ) {}

  async follow(signal: AbortSignal): Promise<StreamEnd> {
    while (!signal.aborted) {
      const closed = await this.connect(signal);
      if (signal.aborted) break;
      const end = endOf(closed);
      if (end) return end;
      if (closed.good) this.failures = 0;
      // Full jitter: watchers that were cut off together must not come back together.
      const delay = this.random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** this.failures++);
      this.listener.retry(delay, closed.reason);
      await sleep(delay, undefined, { signal }).catch(() => undefined);
    }
    return { kind: 'stopped', reason: '' };
  }

  private connect(signal: AbortSignal): Promise<Closed> {
    const url = new URL(this.url);
    if (this.position) url.searchParams.set('after', `${this.position.epoch}-${this.position.seq}`);
    const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: HANDSHAKE_MS });
    let opened = Number.POSITIVE_INFINITY;
    let good = false;
    let problem = '';
    let status: number | undefined;
    const silence = setTimeout(() => socket.terminate(), SILENCE_MS);
    const leave = (): void => {
      socket.close(1000);
      setTimeout(() => socket.terminate(), GOODBYE_MS).unref();
    };
    signal.addEventListener('abort', leave);
    return new Promise<Closed>((resolve) => {
      socket.on('open', () => {
        opened = performance.now();
        this.listener.open();
      });
      socket.on('ping', () => silence.refresh());
      socket.on('message', (data, isBinary) => {
        silence.refresh();
        if (isBinary || signal.aborted) return;
        good = this.take((data as Buffer).toString()) || good;
      });
      socket.on('unexpected-response', (_request, response) => {
        status = response.statusCode;
        problem = `HTTP ${status}`;
        socket.terminate();
      });
      socket.on('error', (error: NodeJS.ErrnoException) => {
        problem ||= WORDS[error.code ?? ''] ?? (error.message || error.code || '');
      });
      socket.on('close', (code, reason) => {
        clearTimeout(silence);
        signal.removeEventListener('abort', leave);
        const stayed = performance.now() - opened >= LONGEST_DELAY_MS;
        const why = reason.toString() || problem || (code === 1006 ? 'connection lost' : `code ${code}`);
        resolve({ code, reason: why, status, good: good || stayed });
      });
    });
  }

  /** Takes a frame; whether it was a new message. */
  private take(text: string): boolean {
    const frame = parseFrame(text);
    if (!frame) return false;
    if ('reset' in frame) {
      this.reset(frame.reset);
      return false;
    }
    const dash = frame.id.lastIndexOf('-');
    const position = { epoch: frame.id.slice(0, dash), seq: Number(frame.id.slice(dash + 1)) };
    if (this.position?.epoch === position.epoch && position.seq <= this.position.seq) return false;
    if (this.position && this.position.epoch !== position.epoch) this.reset('epoch');
    this.position = position;
    this.listener.message(frame);
    return true;
  }

  private reset(reason: string): void {
    this.position = undefined;
    this.listener.reset(reason);
  }
}

function endOf({ code, reason, status }: Closed): StreamEnd | undefined {
  // A server that is busy or being restarted says 503, and so do proxies in their words (502, 504, 429).
  if (status !== undefined && status < 500 && status !== 429) return { kind: 'refused', reason };
  if (code === 1000) return { kind: 'closed', reason };
  return REFUSALS.has(code) ? { kind: 'refused', reason } : undefined;
}
