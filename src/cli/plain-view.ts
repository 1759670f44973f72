import type { ProgressMessage, ResetReason } from 'recodex-monitor/client';

import { escapeUnsafe } from '../text/escape.js';
import type { Terminal } from './terminal.js';
import type { WatchResult } from './watch-result.js';
import { RESET_TEXTS, type WatchView } from './watch-view.js';

/** Prints one line per message, for files and pipes. */
export class PlainView implements WatchView {
  constructor(private readonly terminal: Terminal) {}

  live(): void {
    this.printLine('-- connected');
  }

  message({ time, command, task_id, task_state }: ProgressMessage): void {
    this.printLine([time, command, task_id, task_state].filter((word) => word !== undefined).join(' '));
  }

  reset(reason: ResetReason): void {
    this.note(RESET_TEXTS[reason]);
  }

  continuation(): void {}

  retry(at: number, reason: string): void {
    this.note(`${reason}: reconnecting in ${(Math.max(0, at - Date.now()) / 1000).toFixed(1)} s`);
  }

  note(text: string): void {
    this.printLine(`-- ${text}`);
  }

  end({ text }: WatchResult): void {
    this.printLine(text);
  }

  private printLine(text: string): void {
    this.terminal.write(`${escapeUnsafe(text)}\n`);
  }
}
