import type { Continuation, ProgressMessage, ResetReason } from 'recodex-monitor/client';
import type { Terminal } from './terminal.js';
import { EXIT_CODES, type WatchResult } from './watch-result.js';
import type { WatchView } from './watch-view.js';

/**
 * Prints one JSON object per line. The names are those of the wire and of the recordings of `verify`, so that
 * `verify --check` reads the lines.
 */
export class JsonView implements WatchView {
  constructor(
    private readonly terminal: Terminal,
    private readonly channel: string,
  ) {}

  live(): void {
    this.printLine({ connected: true });
  }

  message(message: ProgressMessage): void {
    this.printLine(message);
  }

  reset(reset: ResetReason): void {
    this.printLine({ reset });
  }

  continuation(continuation: Continuation): void {
    this.printLine(continuation);
  }

  retry(at: number, lost: string): void {
    this.printLine({ lost, retry_at: new Date(at).toISOString() });
  }

  note(note: string): void {
    this.printLine({ note });
  }

  end({ end, text, summary }: WatchResult): void {
    this.printLine({ end, exit_code: EXIT_CODES[end], text, summary });
  }

  private printLine(fields: object): void {
    this.terminal.write(`${JSON.stringify({ channel: this.channel, ...fields })}\n`);
  }
}
