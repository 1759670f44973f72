import { EMPTY, type ProgressMessage, type ResetReason, type Summary } from 'recodex-monitor/client';

import { jobTime, progressLine } from './progress-bar.js';
import { visible, type Terminal } from './terminal.js';

/** How a watched job is shown. */
export interface WatchView {
  live(): void;
  message(message: ProgressMessage, summary: Summary): void;
  reset(reason: ResetReason): void;
  /** @param at when the next attempt is, in milliseconds since 1970 */
  retry(at: number, why: string): void;
  /** Shows the last line and releases the terminal. */
  end(line: string): void;
}

const REDRAW_MS = 100;
const CLEAR_LINE = '\r\u001b[K';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const RESETS: Readonly<Record<ResetReason, string>> = {
  epoch: 'the monitor has begun a new log for this job: starting over',
  trimmed: 'the monitor no longer has the first messages of this job: counting what is left',
};

/** One line that is drawn again and again, for a person at a terminal. */
export class LiveView implements WatchView {
  private summary = EMPTY;
  private connection = (): string => 'connecting';
  private tick = 0;
  private readonly timer = setInterval(() => this.draw(), REDRAW_MS);

  constructor(
    private readonly terminal: Terminal,
    private readonly expected: number | undefined,
  ) {
    terminal.write(HIDE_CURSOR);
    this.draw();
  }

  live(): void {
    this.connection = () => 'live';
    this.draw();
  }

  // Drawn by the timer: messages may come faster than a terminal can draw.
  message(_message: ProgressMessage, summary: Summary): void {
    this.summary = summary;
  }

  reset(reason: ResetReason): void {
    this.summary = EMPTY;
    this.terminal.write(`${CLEAR_LINE}${RESETS[reason]}\n`);
    this.draw();
  }

  retry(at: number, why: string): void {
    this.connection = () => {
      const seconds = Math.ceil((at - Date.now()) / 1000);
      return seconds > 0
        ? `reconnecting in ${seconds} s (${visible(why)})`
        : `reconnecting (${visible(why)})`;
    };
    this.draw();
  }

  end(line: string): void {
    clearInterval(this.timer);
    this.draw();
    this.terminal.write(`\n${visible(line)}\n${SHOW_CURSOR}`);
  }

  private draw(): void {
    const { started_at, finished_at } = this.summary;
    const sinceStart = started_at === null || finished_at !== null ? 0 : Date.now() - Date.parse(started_at);
    const line = progressLine(this.summary, {
      columns: this.terminal.columns,
      color: this.terminal.color,
      expected: this.expected,
      connection: this.connection(),
      // The monitor's clock may be ahead of ours; its own times are the least that has elapsed.
      elapsedMs: Math.max(jobTime(this.summary), sinceStart),
      tick: this.tick++,
    });
    this.terminal.write(`${CLEAR_LINE}${line}`);
  }
}

/** A plain line for each message, for files and pipes. */
export class PlainView implements WatchView {
  constructor(private readonly terminal: Terminal) {}

  live(): void {
    this.line('-- connected');
  }

  message({ time, command, task_id, task_state }: ProgressMessage): void {
    this.line([time, command, task_id, task_state].filter((word) => word !== undefined).join(' '));
  }

  reset(reason: ResetReason): void {
    this.line(`-- ${RESETS[reason]}`);
  }

  retry(at: number, why: string): void {
    this.line(`-- ${why}: reconnecting in ${(Math.max(0, at - Date.now()) / 1000).toFixed(1)} s`);
  }

  end(line: string): void {
    this.line(line);
  }

  private line(text: string): void {
    this.terminal.write(`${visible(text)}\n`);
  }
}
