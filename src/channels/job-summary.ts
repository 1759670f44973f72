import type { MessageFields } from '../messages/progress-message.js';

/** The state of a job. Another attempt may follow `aborted` and `failed`. */
export type ChannelState = 'waiting' | 'running' | 'aborted' | 'failed' | 'finished';

/** First messages of a job: from its worker, or from the broker when no worker can take the job. */
const BEGINNINGS: ReadonlySet<string> = new Set(['DOWNLOADED', 'STARTED', 'ABORTED', 'FAILED']);

/** The fields of a `JobSummary`, as a journal stores them. */
export type JobSnapshot = Readonly<
  Pick<
    JobSummary,
    | 'state'
    | 'attempt'
    | 'completed'
    | 'failed'
    | 'skipped'
    | 'messages'
    | 'startedAt'
    | 'updatedAt'
    | 'finishedAt'
  > & { partial: boolean; attemptOver: boolean }
>;

/** The state and counts of a job, from the messages of one epoch. Times are milliseconds since 1970. */
export class JobSummary {
  state: ChannelState = 'waiting';
  attempt = 1;
  completed = 0;
  failed = 0;
  skipped = 0;
  messages = 0;
  startedAt: number | null = null;
  updatedAt: number | null = null;
  finishedAt: number | null = null;
  /** The first message is none of `BEGINNINGS`: the monitor started in the middle of the job. */
  partial = false;

  // ABORTED or FAILED ends an attempt. Its counts stay until the next attempt begins, because there may be no next
  // attempt.
  private attemptOver = false;

  static from(snapshot: JobSnapshot): JobSummary {
    return Object.assign(new JobSummary(), snapshot);
  }

  snapshot(): JobSnapshot {
    const { state, attempt, completed, failed, skipped, messages } = this;
    const { startedAt, updatedAt, finishedAt, partial, attemptOver } = this;
    const counts = { attempt, completed, failed, skipped, messages };
    return { state, ...counts, startedAt, updatedAt, finishedAt, partial, attemptOver };
  }

  apply(message: MessageFields, time: number): void {
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
        // FAILED may overtake the ABORTED that was sent before it. FAILED is the final state.
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

  private count(taskState: string | undefined): void {
    if (taskState === 'COMPLETED') this.completed++;
    else if (taskState === 'FAILED') this.failed++;
    else if (taskState === 'SKIPPED') this.skipped++;
  }
}
