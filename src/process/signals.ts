import { constants } from 'node:os';
import { lostTerminals, terminals } from './terminals.js';

/** Signals that end the daemon gracefully. QUIT does so for nginx, and for images that copy its STOPSIGNAL. */
const STOP = known('SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGXCPU');

/** Signals that would kill the process, or open the debugger of Node.js, and mean nothing to the daemon. */
const IGNORED = known(
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGPROF',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
);

/** Milliseconds in which a second signal counts as the first: a launcher may repeat what the terminal has sent already. */
const REPEAT = 100;

/** What the daemon does about signals. */
export interface SignalHandlers {
  /** The first signal that ends the daemon. */
  stop(signal: NodeJS.Signals): void;
  /** A second one. On PID 1 only: any other process was ended by the kernel before. */
  stopNow(signal: NodeJS.Signals): void;
  /** HUP, and the terminal is still there or there never was one. */
  hangUp(): void;
  ignored(signal: NodeJS.Signals): void;
}

let caught: NodeJS.Signals | undefined;
let caughtAt = 0;
let handlers: SignalHandlers | undefined;

/** Catches every signal that can be caught, and keeps the first stop signal for `handleSignals`. */
export function catchSignals(): void {
  for (const signal of STOP) process.on(signal, stop);
  for (const signal of IGNORED) process.on(signal, ignore);
  process.on('SIGHUP', hangUp);
}

/** Gives the signals back to the system, for a command that ends at once. A caught one is raised again. */
export function releaseSignals(): void {
  releaseStopSignals();
  for (const signal of IGNORED) process.off(signal, ignore);
  process.off('SIGHUP', hangUp);
  if (caught) process.kill(process.pid, caught);
}

/** Calls `to` from now on, at once for a signal that was caught before. */
export function handleSignals(to: SignalHandlers): void {
  handlers = to;
  // A write to a terminal that is gone fails with EIO. A job in the background gets no HUP.
  if (terminals.includes(1))
    process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => code === 'EIO' && stop('SIGHUP'));
  if (caught) to.stop(caught);
}

function stop(signal: NodeJS.Signals): void {
  if (caught === undefined) {
    caught = signal;
    caughtAt = performance.now();
    handlers?.stop(signal);
    // From then on the kernel ends the process at the next signal, whatever hangs here. It does not do so for PID 1.
    if (process.pid !== 1) setTimeout(releaseStopSignals, REPEAT).unref();
  } else if (performance.now() - caughtAt > REPEAT && signal !== 'SIGHUP') {
    handlers?.stopNow(signal);
  }
}

function ignore(signal: NodeJS.Signals): void {
  handlers?.ignored(signal);
}

// The kernel sends HUP when the terminal is closed, and answers no question about the terminal any more. Anybody else
// who sends HUP, such as logrotate, leaves the terminal as it was.
function hangUp(): void {
  if (lostTerminals().length > 0) stop('SIGHUP');
  else handlers?.hangUp();
}

function releaseStopSignals(): void {
  for (const signal of STOP) process.off(signal, stop);
}

function known(...signals: NodeJS.Signals[]): NodeJS.Signals[] {
  return signals.filter((signal) => signal in constants.signals);
}
