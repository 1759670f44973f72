import { EMPTY, type ProgressMessage, type ResetReason, type Summary } from 'recodex-monitor/client';

import { fit, wrap } from './columns.js';
import { jobTime, progressLine } from './progress-bar.js';
import { escapeUnsafe } from '../text/escape.js';
import type { Terminal } from './terminal.js';
import { RESETS, type WatchView } from './watch-view.js';

const REDRAW_MS = 100;
/** Failed tasks that are named in each attempt. The counts go on. */
const MOST_NAMES = 20;
/** Lines about trouble: a terminal must have room for all that is drawn in place. */
const MOST_TROUBLE = 3;
const CLEAR_BELOW = '\u001b[J';
const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';

/**
 * For a person at a terminal: a line about the job that is drawn in place, a line below while there is trouble, and
 * above both what stays, such as the failed tasks. No line wraps, or drawing in place would leave traces.
 */
export class LiveView implements WatchView {
  private summary = EMPTY;
  private connection = 'connecting';
  private trouble: (() => string) | undefined;
  /** Lines of the last drawing that are above the cursor's line. */
  private above = 0;
  private named = 0;
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
    this.connection = 'live';
    this.trouble = undefined;
    this.draw();
  }

  // The timer draws the counts: messages may come faster than a terminal can draw.
  message({ command, task_id = '', task_state }: ProgressMessage, summary: Summary): void {
    if (summary.attempt !== this.summary.attempt) this.named = 0;
    this.summary = summary;
    if (command === 'TASK' && task_state === 'FAILED') this.name(task_id);
  }

  reset(reason: ResetReason): void {
    this.summary = EMPTY;
    this.named = 0;
    this.note(RESETS[reason]);
  }

  retry(at: number, why: string): void {
    this.connection = 'offline';
    this.trouble = () => {
      const seconds = Math.ceil((at - Date.now()) / 1000);
      return seconds > 0 ? `reconnecting in ${seconds} s (${why})` : `reconnecting (${why})`;
    };
    this.draw();
  }

  note(text: string): void {
    this.keep(wrap(escapeUnsafe(text), this.room));
  }

  end(line: string): void {
    clearInterval(this.timer);
    this.trouble = undefined;
    this.draw();
    this.terminal.write(`\n${wrap(escapeUnsafe(line), this.room).join('\n')}\n${SHOW_CURSOR}`);
  }

  private get room(): number {
    return Math.max(1, this.terminal.columns - 1);
  }

  private name(task: string): void {
    this.named++;
    if (this.named <= MOST_NAMES) this.keep([fit(`failed: ${escapeUnsafe(task)}`, this.room)]);
    if (this.named === MOST_NAMES) this.note('more failed tasks are only counted');
  }

  private keep(lines: string[]): void {
    this.terminal.write(`${this.start()}${lines.map((line) => `${line}\n`).join('')}`);
    this.above = 0;
    this.draw();
  }

  private draw(): void {
    const trouble = this.trouble ? wrap(escapeUnsafe(this.trouble()), this.room).slice(0, MOST_TROUBLE) : [];
    const lines = [this.progress(), ...trouble];
    this.terminal.write(`${this.start()}${lines.join('\n')}`);
    this.above = lines.length - 1;
  }

  /** Goes to where the last drawing began, and clears the drawing. */
  private start(): string {
    return `\r${this.above > 0 ? `\u001b[${this.above}A` : ''}${CLEAR_BELOW}`;
  }

  private progress(): string {
    const { started_at, finished_at } = this.summary;
    const sinceStart = started_at === null || finished_at !== null ? 0 : Date.now() - Date.parse(started_at);
    return progressLine(this.summary, {
      columns: this.terminal.columns,
      color: this.terminal.color,
      expected: this.expected,
      connection: this.connection,
      // The monitor's clock may be ahead of ours; its own times are the least that has elapsed.
      elapsedMs: Math.max(jobTime(this.summary), sinceStart),
      tick: this.tick++,
    });
  }
}
