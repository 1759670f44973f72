import { AdminError, type AdminApi, type ChannelMessages } from './admin-api.js';

/** Milliseconds between two requests for the same channel. */
const MIN_INTERVAL = 500;

/** The channel that is open in the side panel. Loads its messages again when it changes. */
export class OpenChannel {
  content: ChannelMessages | undefined;
  /** Why the content is missing or old. */
  problem: string | undefined;
  /** The monitor does not keep the channel. */
  gone = false;
  #loading = false;
  #changed = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #closed = new AbortController();
  readonly #api: AdminApi;
  readonly #onChange: () => void;

  constructor(
    readonly id: string,
    api: AdminApi,
    onChange: () => void,
  ) {
    this.#api = api;
    this.#onChange = onChange;
    void this.#load();
  }

  /** The channel has changed. */
  refresh(): void {
    this.#changed = true;
    if (!this.#loading && this.#timer === undefined) void this.#load();
  }

  close(): void {
    this.#closed.abort();
    clearTimeout(this.#timer);
  }

  async #load(): Promise<void> {
    this.#loading = true;
    this.#changed = false;
    try {
      this.content = await this.#api.channel(this.id, this.#closed.signal);
      this.problem = undefined;
      this.gone = false;
    } catch (error) {
      this.gone = error instanceof AdminError && error.status === 404;
      this.problem = this.gone ? undefined : (error as Error).message;
    }
    this.#loading = false;
    if (this.#closed.signal.aborted) return;
    this.#onChange();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#changed) void this.#load();
    }, MIN_INTERVAL);
  }
}
