import type { ProgressMessage } from '../messages/progress-message.js';

export type ChannelState = 'waiting' | 'running' | 'aborted' | 'failed' | 'finished';

/** The first message of a job: from its worker, or from the broker when no worker can take the job. */
const BEGINNINGS: ReadonlySet<string> = new Set(['DOWNLOADED', 'STARTED', 'ABORTED', 'FAILED']);

/** What one life of a channel amounts to so far. Times are milliseconds since 1970. */
export class Summary {
  state: ChannelState = 'waiting';
  attempt = 1;
  completed = 0;
  failed = 0;
  skipped = 0;
  messages = 0;
  startedAt: number | null = null;
  updatedAt: number | null = null;
  finishedAt: number | null = null;
  /** The first message was not the beginning of a job: this monitor started in the middle of the job. */
  partial = false;

  // An attempt ends with ABORTED or FAILED, but its counts stay until the next one begins: it may have been the last.
  private attemptOver = false;

  apply(message: ProgressMessage, time: number): void {
    if (this.messages++ === 0) this.partial = !BEGINNINGS.has(message.command);
    this.startedAt ??= time;
    this.updatedAt = time;
    switch (message.command) {
      case 'TASK':
        this.begin();
        this.count(message.taskState);
        break;
      case 'DOWNLOADED':
      case 'STARTED':
        if (this.attemptOver) this.nextAttempt();
        this.state = 'running';
        break;
      case 'ABORTED':
        this.attemptOver = true;
        // FAILED may overtake the ABORTED before it, and is the last word of the two.
        if (this.state !== 'failed') this.state = 'aborted';
        break;
      case 'FAILED':
        this.attemptOver = true;
        this.state = 'failed';
        break;
      case 'FINISHED':
        if (this.state !== 'failed') this.state = 'finished';
        this.finishedAt = time;
        break;
      default:
        this.begin();
    }
  }

  private begin(): void {
    if (this.state === 'waiting') this.state = 'running';
  }

  private nextAttempt(): void {
    this.attemptOver = false;
    this.attempt++;
    this.completed = this.failed = this.skipped = 0;
  }

  private count(outcome: string | undefined): void {
    if (outcome === 'COMPLETED') this.completed++;
    else if (outcome === 'FAILED') this.failed++;
    else if (outcome === 'SKIPPED') this.skipped++;
  }
}
