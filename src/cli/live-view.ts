import { stripVTControlCharacters } from 'node:util';
import { EMPTY, type ProgressMessage, type ResetReason, type Summary } from 'recodex-monitor/client';

import { afterInput } from '../process/after-input.js';
import { escapeUnsafe } from '../text/escape.js';
import { rowsOf, toAscii, truncateMiddle, wrap } from './columns.js';
import { jobTime, progressLine } from './progress-line.js';
import type { Terminal } from './terminal.js';
import type { WatchResult } from './watch-result.js';
import { RESET_TEXTS, type WatchView } from './watch-view.js';

const REDRAW_MS = 100;
/** Failed tasks that are named per attempt. Further failed tasks are only counted. */
const MAX_NAMED_TASKS = 20;
/** Lines about a lost connection. The lines that are redrawn in place must fit in the terminal. */
const MAX_RETRY_LINES = 3;
const CLEAR_BELOW = '\u001b[J';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

/**
 * Shows a job in a terminal. Redraws one line about the job in place, with lines about a lost connection below it.
 * Prints permanent lines, such as failed tasks, above it. No line wraps, because redrawing would not erase the wrapped
 * part.
 */
export class LiveView implements WatchView {
  private summary = EMPTY;
  private connection = 'connecting';
  private retryText: (() => string) | undefined;
  /** The lines of the last drawing, without colors. The cursor is at the end of the last one. */
  private drawn: readonly string[] = [];
  private namedTasks = 0;
  private tick = 0;
  private hasEnded = false;
  // A resize that came before the timer must be known: its width decides what is erased.
  private readonly timer = setInterval(() => afterInput(() => this.redraw()), REDRAW_MS);

  constructor(
    private readonly terminal: Terminal,
    private readonly expected: number | undefined,
  ) {
    terminal.write(HIDE_CURSOR);
    this.draw();
  }

  live(): void {
    this.connection = 'live';
    this.retryText = undefined;
    this.draw();
  }

  // The timer draws the counts: messages may arrive faster than a terminal can draw.
  message({ command, task_id = '', task_state }: ProgressMessage, summary: Summary): void {
    if (summary.attempt !== this.summary.attempt) this.namedTasks = 0;
    this.summary = summary;
    if (command === 'TASK' && task_state === 'FAILED') this.printFailedTask(task_id);
  }

  reset(reason: ResetReason): void {
    this.summary = EMPTY;
    this.namedTasks = 0;
    this.note(RESET_TEXTS[reason]);
  }

  continuation(): void {}

  retry(at: number, reason: string): void {
    this.connection = 'offline';
    this.retryText = () => {
      const seconds = Math.ceil((at - Date.now()) / 1000);
      return seconds > 0 ? `reconnecting in ${seconds} s (${reason})` : `reconnecting (${reason})`;
    };
    this.draw();
  }

  note(text: string): void {
    this.printAbove(wrap(escapeUnsafe(text), this.room));
  }

  end({ text }: WatchResult): void {
    clearInterval(this.timer);
    this.hasEnded = true;
    this.retryText = undefined;
    this.draw();
    this.write(`\n${wrap(escapeUnsafe(text), this.room).join('\n')}\n${SHOW_CURSOR}`);
  }

  private get room(): number {
    return Math.max(1, this.terminal.columns - 1);
  }

  private printFailedTask(id: string): void {
    this.namedTasks++;
    if (this.namedTasks <= MAX_NAMED_TASKS)
      this.printAbove([truncateMiddle(`failed: ${escapeUnsafe(id)}`, this.room)]);
    if (this.namedTasks === MAX_NAMED_TASKS) this.note('further failed tasks are only counted');
  }

  private printAbove(lines: string[]): void {
    this.write(`${this.eraseDrawing()}${lines.map((line) => `${line}\n`).join('')}`);
    this.drawn = [];
    this.draw();
  }

  private redraw(): void {
    if (!this.hasEnded) this.draw();
  }

  private draw(): void {
    const retryLines = this.retryText ? wrap(escapeUnsafe(this.retryText()), this.room) : [];
    const lines = [this.progress(), ...retryLines.slice(0, MAX_RETRY_LINES)];
    this.write(`${this.eraseDrawing()}${lines.join('\n')}`);
    this.drawn = lines.map(stripVTControlCharacters);
  }

  /** Control sequence that moves to the start of the last drawing and erases it. */
  private eraseDrawing(): string {
    // A terminal that has become narrower has wrapped the lines.
    const above = Math.max(0, rowsOf(this.drawn, this.terminal.columns) - 1);
    return `\r${above > 0 ? `\u001b[${above}A` : ''}${CLEAR_BELOW}`;
  }

  private write(text: string): void {
    this.terminal.write(this.terminal.unicode ? text : toAscii(text));
  }

  private progress(): string {
    const { started_at, finished_at } = this.summary;
    const sinceStart = started_at === null || finished_at !== null ? 0 : Date.now() - Date.parse(started_at);
    return progressLine(this.summary, {
      columns: this.terminal.columns,
      color: this.terminal.color,
      expected: this.expected,
      connection: this.connection,
      // When the monitor's clock is ahead of the local clock, its message times show that more time has passed.
      elapsedMs: Math.max(jobTime(this.summary), sinceStart),
      tick: this.tick++,
    });
  }
}
