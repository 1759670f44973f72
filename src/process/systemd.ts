import { execFile } from 'node:child_process';

/** Milliseconds that one call of systemd-notify may take. */
const TIMEOUT = 5000;

/**
 * Reports the state of this process to systemd. Does nothing when no service manager listens (NOTIFY_SOCKET). Node.js has
 * no Unix datagram sockets, so the program `systemd-notify` sends each report. Such a call takes 6 to 10 ms.
 */
export class SystemdNotifier {
  private watchdog: NodeJS.Timeout | undefined;
  private isReady = false;
  private reloads = 0;
  /** Reports that wait for the call in progress: two calls at the same time could arrive in the wrong order. */
  private readonly waiting: (() => void)[] = [];
  private isSending = false;

  /** @param onError gets the reason when a report fails */
  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly onError: (reason: string) => void,
  ) {}

  /** Reports that the start is complete. From then on, reports that the event loop runs. */
  ready(): void {
    this.isReady = true;
    void this.report('READY=1');
    const interval = watchdogInterval(this.environment);
    if (interval === undefined || !this.environment.NOTIFY_SOCKET) return;
    // It does not wait for other reports: a late one would end the process.
    this.watchdog ??= setInterval(() => this.send(['WATCHDOG=1'], () => {}), interval).unref();
  }

  /**
   * Runs `work` between the reports that a reload begins and that it is complete. Reloads at the same time are reported
   * as one. During start and stop only runs `work`: the report of its end would count as the end of the start.
   */
  async reload(work: () => void | Promise<void>): Promise<void> {
    if (!this.isReady) return await work();
    const begun = this.reloads++ === 0 ? this.report('RELOADING=1', monotonicTime()) : undefined;
    try {
      await work();
      // Reloads that begin until the report is sent belong to it. So the number of waiting reports is bounded.
      await begun;
    } finally {
      if (--this.reloads === 0 && this.isReady) void this.report('READY=1');
    }
  }

  /** Reports that the shutdown has begun. The watchdog still guards the event loop. */
  stopping(): void {
    this.isReady = false;
    void this.report('STOPPING=1');
  }

  /** Sends one report after the other. Resolves when this one is sent or has failed. */
  private report(...assignments: string[]): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(() =>
        this.send(assignments, () => {
          resolve();
          this.isSending = false;
          this.sendNext();
        }),
      );
      this.sendNext();
    });
  }

  private sendNext(): void {
    if (this.isSending) return;
    const send = this.waiting.shift();
    this.isSending = send !== undefined;
    send?.();
  }

  private send(assignments: readonly string[], done: () => void): void {
    if (!this.environment.NOTIFY_SOCKET) return done();
    execFile('systemd-notify', assignments, { env: this.environment, timeout: TIMEOUT }, (error) => {
      if (error) this.onError(error.message.trim());
      done();
    });
  }
}

/** The time at which a reload begins. `Type=notify-reload` of systemd 253 tells by it which reload is meant. */
function monotonicTime(): string {
  return `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`;
}

/** Half of WATCHDOG_USEC in milliseconds; `undefined` when the unit has no watchdog for this process. */
function watchdogInterval({ WATCHDOG_PID, WATCHDOG_USEC }: NodeJS.ProcessEnv): number | undefined {
  if (WATCHDOG_PID && Number(WATCHDOG_PID) !== process.pid) return undefined;
  const milliseconds = Number(WATCHDOG_USEC) / 2000;
  return milliseconds > 0 ? milliseconds : undefined;
}
