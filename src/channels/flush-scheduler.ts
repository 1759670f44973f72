import { BurstDetector } from './burst-detector.js';

/** Milliseconds that messages wait for their flush during a burst. */
const BURST_DELAY = 20;

/**
 * Schedules a flush at the end of each event-loop turn with new messages. A turn often has a single message, so during
 * a burst one flush handles the messages of 20 ms. This saves most system calls of the monitor and of the clients, and
 * no user notices the delay.
 */
export class FlushScheduler {
  private readonly bursts = new BurstDetector();
  private turn: NodeJS.Immediate | undefined;
  private delay: NodeJS.Timeout | undefined;
  /** Messages in this turn. */
  private messages = 0;

  constructor(private readonly flush: () => void) {}

  /** Schedules a flush for one new message. */
  schedule(): void {
    this.messages++;
    this.turn ??= setImmediate(this.onTurn);
  }

  /** Cancels the scheduled flush, because the caller flushes now. */
  cancel(): void {
    clearImmediate(this.turn);
    clearTimeout(this.delay);
    this.turn = this.delay = undefined;
  }

  private readonly onTurn = (): void => {
    this.turn = undefined;
    this.bursts.record(this.messages, performance.now());
    this.messages = 0;
    if (!this.bursts.inBurst) this.flush();
    else this.delay ??= setTimeout(this.flush, BURST_DELAY);
  };
}
