import type { Summary } from 'recodex-monitor/client';

/** A job that no worker accepts ends with a lone FAILED. After any other FAILED the next message follows at once. */
const FAILED_TIMEOUT_MS = 3000;
/** The monitor sends its messages of a job at once. If no message arrives in this time, the monitor has no messages. */
const UNKNOWN_TIMEOUT_MS = 5000;
const UNKNOWN =
  'the monitor has no messages of this job: it may be queued, over, or have another id; still waiting';
const SILENCE_TIMEOUT_MS = 60_000;
const SILENCE = 'no message for 60 s: the job may still run, or its end was lost; still waiting';

interface TimerListener {
  /** The job has failed, and no other attempt follows. */
  onFailed(): void;
  onNote(text: string): void;
}

/** What the silence of a live connection means for a job. */
export class WatchTimers {
  private failedTimer: NodeJS.Timeout | undefined;
  private silenceTimer: NodeJS.Timeout | undefined;

  constructor(private readonly listener: TimerListener) {}

  /** Starts the time of silence again. The connection must be live: without one no message can arrive. */
  restart({ state, messages }: Summary): void {
    this.stop();
    if (state === 'failed') this.failedTimer = setTimeout(() => this.listener.onFailed(), FAILED_TIMEOUT_MS);
    this.silenceTimer =
      messages > 0
        ? setTimeout(() => this.listener.onNote(SILENCE), SILENCE_TIMEOUT_MS)
        : setTimeout(() => this.listener.onNote(UNKNOWN), UNKNOWN_TIMEOUT_MS);
  }

  stop(): void {
    clearTimeout(this.failedTimer);
    clearTimeout(this.silenceTimer);
  }
}
