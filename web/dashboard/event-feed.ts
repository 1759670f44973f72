import { EventStreamParser, type ServerSentEvent } from '../../client/event-stream.js';
import { Stopwatch } from '../../client/stopwatch.js';
import { onWake } from '../../client/wake.js';
import { INITIAL_FEED, SILENCE, type FeedStatus } from './feed-status.js';
import { feedRefusalOf, type FeedRefusal } from './feed-refusal.js';

/** Milliseconds between two checks for silence. */
const CHECK_INTERVAL = 1000;
/** Milliseconds. A check that is later by more was delayed with everything else, and proves no silence. */
const LATE = 2000;
/** Milliseconds until the next attempt: it doubles with each failure. */
const RETRY = { first: 1000, longest: 10_000 };

/** Receives what a feed reports. */
interface FeedListener {
  onEvent(event: ServerSentEvent): void;
  onStatus(after: FeedStatus, before: FeedStatus): void;
}

/**
 * Follows `GET /events` and reconnects. Uses `fetch`: an EventSource hides the status 503, and reads without limit while
 * the page is frozen.
 */
export class EventFeed {
  status = INITIAL_FEED;
  #url: URL | undefined;
  #attempt: AbortController | undefined;
  #failures = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #listener: FeedListener;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #stopListening: () => void;

  /** @param headers added to each request */
  constructor(listener: FeedListener, headers: Readonly<Record<string, string>> = {}) {
    this.#listener = listener;
    this.#headers = headers;
    this.#stopListening = onWake(() => {
      if (this.status.state === 'waiting') this.#connect();
    });
  }

  /** Opens a stream in place of the current one. The status stays until the new stream fails or is silent. */
  open(url: URL): void {
    this.#url = url;
    this.#connect(this.status.state === 'live');
  }

  /** Ends the stream, without another attempt. */
  close(): void {
    clearTimeout(this.#retry);
    this.#attempt?.abort();
    this.#attempt = undefined;
    this.#stopListening();
  }

  #connect(replacesLive = false): void {
    clearTimeout(this.#retry);
    this.#attempt?.abort();
    const attempt = (this.#attempt = new AbortController());
    if (!replacesLive) this.#update({ state: 'connecting', retryAt: undefined });
    void this.#follow(attempt).then((refusal) => {
      if (attempt === this.#attempt) this.#wait(refusal);
    });
  }

  /** Reads one stream to its end. Resolves with the refusal, if it was refused. */
  async #follow(attempt: AbortController): Promise<FeedRefusal | undefined> {
    const stopWatching = watchForSilence(attempt, () => this.#update({ state: 'connecting' }));
    try {
      const { signal } = attempt;
      const headers = { Accept: 'text/event-stream', ...this.#headers };
      const response = await fetch(this.#url!, { headers, signal });
      if (!response.ok || !response.body) return await feedRefusalOf(response);
      await this.#read(response.body.getReader(), attempt, stopWatching.heard);
    } catch {
      // The connection has failed or was aborted.
    } finally {
      stopWatching.stop();
    }
    return undefined;
  }

  async #read(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    attempt: AbortController,
    heard: () => void,
  ): Promise<void> {
    const parser = new EventStreamParser();
    const decoder = new TextDecoder();
    const pieces: string[] = [];
    for (;;) {
      const { done, value } = await reader.read();
      if (done || attempt !== this.#attempt) return;
      heard();
      const piece = decoder.decode(value, { stream: true });
      pieces.push(piece);
      // A line of a megabyte comes in many pieces. The parser would look at all of them again with each piece.
      if (!piece.includes('\n')) continue;
      for (const event of parser.push(pieces.splice(0).join(''))) {
        this.#failures = 0;
        this.#update({ state: 'live', heardAt: Date.now(), refusal: undefined, refusedWith: undefined });
        this.#listener.onEvent(event);
      }
    }
  }

  #wait(refusal: FeedRefusal | undefined): void {
    const delay = Math.min(RETRY.longest, RETRY.first * 2 ** this.#failures++);
    // Spread, so that many dashboards do not come back at the same moment.
    const ms = Math.max(delay * (0.75 + Math.random() / 2), refusal?.retryAfter ?? 0);
    this.#retry = setTimeout(() => this.#connect(), ms);
    this.#update({
      state: 'waiting',
      retryAt: Date.now() + ms,
      refusal: refusal?.reason,
      refusedWith: refusal?.status,
    });
  }

  #update(change: Partial<FeedStatus>): void {
    const before = this.status;
    this.status = { ...before, ...change };
    this.#listener.onStatus(this.status, before);
  }
}

/** Aborts an attempt that receives nothing for `SILENCE`. */
function watchForSilence(
  attempt: AbortController,
  onSilent: () => void,
): { heard: () => void; stop: () => void } {
  const silence = new Stopwatch();
  const check = new Stopwatch();
  const timer = setInterval(() => {
    // A late timer means that the page was hidden or busy: the data may wait to be read.
    if (check.elapsed > CHECK_INTERVAL + LATE) silence.restart();
    check.restart();
    if (silence.elapsed < SILENCE) return;
    onSilent();
    attempt.abort();
  }, CHECK_INTERVAL);
  return { heard: () => silence.restart(), stop: () => clearInterval(timer) };
}
