import type { AdminApi } from './admin-api.js';

/** The levels that the configuration knows, from the most to the fewest lines. */
export const LOG_LEVELS: readonly string[] = ['debug', 'info', 'warning', 'error', 'critical'];

/** The level of the log, and the change that a person has asked for. */
export class LogLevel {
  /** The level that the monitor reports; `undefined` before the first sample. */
  current: string | undefined;
  /** The level that was sent, until the monitor answers. */
  pending: string | undefined;
  /** The result of the last change. */
  result: { readonly ok: boolean; readonly text: string } | undefined;
  readonly #api: AdminApi;
  readonly #onChange: () => void;

  constructor(api: AdminApi, onChange: () => void) {
    this.#api = api;
    this.#onChange = onChange;
  }

  async set(level: string): Promise<void> {
    this.pending = level;
    this.result = undefined;
    this.#onChange();
    try {
      this.current = await this.#api.setLogLevel(level);
      this.result = {
        ok: true,
        text: `The log level is now ${this.current}, until the next restart or reload.`,
      };
    } catch (error) {
      this.result = { ok: false, text: `The log level did not change: ${(error as Error).message}.` };
    }
    this.pending = undefined;
    this.#onChange();
  }
}
