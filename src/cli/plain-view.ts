import type { ProgressMessage, ResetReason } from 'recodex-monitor/client';

import { escapeUnsafe } from '../text/escape.js';
import type { Terminal } from './terminal.js';
import { RESETS, type WatchView } from './watch-view.js';

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
    this.note(RESETS[reason]);
  }

  retry(at: number, why: string): void {
    this.note(`${why}: reconnecting in ${(Math.max(0, at - Date.now()) / 1000).toFixed(1)} s`);
  }

  note(text: string): void {
    this.line(`-- ${text}`);
  }

  end(line: string): void {
    this.line(line);
  }

  private line(text: string): void {
    this.terminal.write(`${escapeUnsafe(text)}\n`);
  }
}
