import { execFile } from 'node:child_process';

/** Milliseconds that one call of systemd-notify may take. */
const TIMEOUT = 5000;

/**
 * Reports the state of this process to systemd. Does nothing when no service manager listens (NOTIFY_SOCKET). Node.js has
 * no Unix datagram sockets, so the program `systemd-notify` sends each report. Such a call takes 6 to 10 ms.
 */
export class SystemdNotifier {
  private watchdog: NodeJS.Timeout | undefined;

  /** @param onError gets the reason when a report fails */
  constructor(
    private readonly environment: NodeJS.ProcessEnv,
    private readonly onError: (reason: string) => void,
  ) {}

  /** Reports that the start is complete. From then on, reports that the event loop runs. */
  ready(): void {
    this.notify('READY=1');
    const interval = watchdogInterval(this.environment);
    if (interval === undefined || !this.environment.NOTIFY_SOCKET) return;
    this.watchdog ??= setInterval(() => this.notify('WATCHDOG=1'), interval).unref();
  }

  /** Reports that the shutdown has begun. The watchdog still guards the event loop. */
  stopping(): void {
    this.notify('STOPPING=1');
  }

  private notify(state: string): void {
    if (!this.environment.NOTIFY_SOCKET) return;
    execFile('systemd-notify', [state], { env: this.environment, timeout: TIMEOUT }, (error) => {
      if (error) this.onError(error.message.trim());
    });
  }
}

/** Half of WATCHDOG_USEC in milliseconds; `undefined` when the unit has no watchdog for this process. */
function watchdogInterval({ WATCHDOG_PID, WATCHDOG_USEC }: NodeJS.ProcessEnv): number | undefined {
  if (WATCHDOG_PID && Number(WATCHDOG_PID) !== process.pid) return undefined;
  const milliseconds = Number(WATCHDOG_USEC) / 2000;
  return milliseconds > 0 ? milliseconds : undefined;
}
