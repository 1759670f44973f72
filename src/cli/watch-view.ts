import { jobTime, progressLine } from './progress-bar.js';
import { NO_PROGRESS, type Progress } from './progress.js';
import type { StreamMessage } from './stream-frame.js';
import { visible, type Terminal } from './terminal.js';

/** How a watched job is shown. */
export interface WatchView {
  live(): void;
  message(message: StreamMessage, progress: Progress): void;
  reset(reason: string): void;
  retry(delayMs: number, why: string): void;
  /** Shows the last line and releases the terminal. */
  end(line: string): void;
}

const REDRAW_MS = 100;
const CLEAR_LINE = '\r\u001b[K';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
const RESETS: Readonly<Record<string, string>> = {
  epoch: 'the monitor has begun a new log for this job: starting over',
  trimmed: 'the monitor no longer has the first messages of this job: counting what is left',
};

/** One line that is drawn again and again, for a person at a terminal. */
export class LiveView implements WatchView {
  private progress = NO_PROGRESS;
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
  message(_message: StreamMessage, progress: Progress): void {
    this.progress = progress;
  }

  reset(reason: string): void {
    this.progress = NO_PROGRESS;
    this.terminal.write(`${CLEAR_LINE}${resetWords(reason)}\n`);
    this.draw();
  }

  retry(delayMs: number, why: string): void {
    const until = Date.now() + delayMs;
    this.connection = () => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
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
    const { startedAt, finishedAt } = this.progress;
    const sinceStart = startedAt === null || finishedAt !== null ? 0 : Date.now() - startedAt;
    const line = progressLine(this.progress, {
      columns: this.terminal.columns,
      color: this.terminal.color,
      expected: this.expected,
      connection: this.connection(),
      // The monitor's clock may be ahead of ours; its own times are the least that has elapsed.
      elapsedMs: Math.max(jobTime(this.progress), sinceStart),
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

  message({ time, command, task_id, task_state }: StreamMessage): void {
    this.line([time, command, task_id, task_state].filter((word) => word !== undefined).join(' '));
  }

  reset(reason: string): void {
    this.line(`-- ${resetWords(reason)}`);
  }

  retry(delayMs: number, why: string): void {
    this.line(`-- ${why}: reconnecting in ${(delayMs / 1000).toFixed(1)} s`);
  }

  end(line: string): void {
    this.line(line);
  }

  private line(text: string): void {
    this.terminal.write(`${visible(text)}\n`);
  }
}

function resetWords(reason: string): string {
  return RESETS[reason] ?? `the monitor starts over (${visible(reason)})`;
}
