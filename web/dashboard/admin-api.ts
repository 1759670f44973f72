import { channelUrl } from '../../client/url.js';
import type { RowFilter } from './channel-table.js';
import type { ListedChannel } from './channel-row.js';
import { errorMessageOf } from './feed-refusal.js';
import type { SampleColumns } from './monitor-sample.js';
import type { MonitorStatus } from './monitor-status.js';

/** One channel and its newest messages, oldest first. */
export interface ChannelMessages {
  readonly summary: ListedChannel & { readonly retained: number; readonly bytes: number };
  readonly messages: readonly ChannelMessage[];
}

/** A message of a channel. */
export interface ChannelMessage {
  readonly id: string;
  readonly time: string;
  readonly command: string;
  readonly task_id?: string;
  readonly task_state?: string;
}

/** Milliseconds that an answer may take. */
const TIMEOUT = 10_000;
/** Messages of one channel that are shown. */
export const MAX_MESSAGES = 100;

/** The monitor has answered with an error, or not at all. */
export class AdminError extends Error {
  constructor(
    message: string,
    /** The HTTP status; `undefined` without an answer. */
    readonly status?: number,
  ) {
    super(message);
  }
}

interface AdminRequest extends RequestInit {
  readonly headers?: Record<string, string>;
}

/** The requests of the dashboard. All paths are relative to the page. */
export class AdminApi {
  /** The header with the token of the page, if there is one. */
  readonly authorization: Readonly<Record<string, string>>;
  readonly #base: URL;

  /** @param token a JWT, for a monitor that wants one */
  constructor(base: URL, token?: string) {
    this.#base = base;
    this.authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  }

  eventsUrl({ prefix, state }: RowFilter): URL {
    const url = new URL('events', this.#base);
    if (prefix) url.searchParams.set('prefix', prefix);
    if (state) url.searchParams.set('state', state);
    return url;
  }

  history(): Promise<SampleColumns> {
    return this.#request('history');
  }

  status(): Promise<MonitorStatus> {
    return this.#request('status');
  }

  /**
   * Throws an `AdminError` with the status 404 if the monitor does not keep the channel, and a RangeError if no URL can
   * name it.
   */
  async channel(id: string, signal: AbortSignal): Promise<ChannelMessages> {
    const url = channelUrl(this.#base, id);
    url.searchParams.set('messages', String(MAX_MESSAGES));
    return this.#request(url, { signal });
  }

  /** Sets the level of the log. Resolves with the level that the monitor uses. */
  async setLogLevel(level: string): Promise<string> {
    const answer = await this.#request<{ level: string }>('log-level', {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ level }),
    });
    return answer.level;
  }

  async #request<T>(path: string | URL, { signal, headers, ...init }: AdminRequest = {}): Promise<T> {
    const timeout = AbortSignal.timeout(TIMEOUT);
    try {
      const response = await fetch(new URL(path, this.#base), {
        ...init,
        headers: { ...this.authorization, ...headers },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      if (response.ok) return (await response.json()) as T;
      const message = (await errorMessageOf(response)) ?? 'no reason given';
      throw new AdminError(`the monitor answered ${response.status}: ${message}`, response.status);
    } catch (error) {
      if (error instanceof AdminError) throw error;
      throw new AdminError('the monitor does not answer');
    }
  }
}
