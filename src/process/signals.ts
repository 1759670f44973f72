import { constants } from 'node:os';
import { lostTerminals, terminals } from './terminals.js';

/** Signals that stop the daemon gracefully. nginx stops on SIGQUIT, and some images copy its STOPSIGNAL. */
const STOP = supported('SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGXCPU');

/** Signals that have no meaning for the daemon. Without a handler they kill it or open the debugger of Node.js. */
const IGNORED = supported(
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGVTALRM',
  'SIGPROF',
  'SIGIO',
  'SIGPWR',
  'SIGSTKFLT',
);

/**
 * Milliseconds in which a second stop signal is ignored: terminal and launcher may both send a signal for one Ctrl-C.
 */
const REPEAT_INTERVAL = 100;

/** The reactions of the daemon to signals. */
export interface SignalHandlers {
  /** The first stop signal. */
  stop(signal: NodeJS.Signals): void;
  /** A later stop signal. Only PID 1 gets this call: the kernel ends any other process. */
  stopNow(signal: NodeJS.Signals): void;
  /** SIGHUP while the terminal is open, or without a terminal. */
  hangUp(): void;
  ignored(signal: NodeJS.Signals): void;
}

let caught: NodeJS.Signals | undefined;
let caughtAt = 0;
let handlers: SignalHandlers | undefined;

/** Catches the stop signals, the ignored signals and SIGHUP. Keeps the first stop signal for `handleSignals`. */
export function catchSignals(): void {
  for (const signal of STOP) process.on(signal, stop);
  for (const signal of IGNORED) process.on(signal, ignore);
  process.on('SIGHUP', hangUp);
}

/** Restores the default reactions, for commands other than the daemon. Raises a caught stop signal again. */
export function releaseSignals(): void {
  releaseStopSignals();
  for (const signal of IGNORED) process.off(signal, ignore);
  process.off('SIGHUP', hangUp);
  if (caught) process.kill(process.pid, caught);
}

/** Sets the handlers. Calls `stop` at once when a stop signal was caught before. */
export function handleSignals(to: SignalHandlers): void {
  handlers = to;
  // A background job gets no SIGHUP when its terminal is closed. But its next write to the terminal fails with EIO.
  if (terminals.includes(1))
    process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => code === 'EIO' && stop('SIGHUP'));
  if (caught) to.stop(caught);
}

function stop(signal: NodeJS.Signals): void {
  if (caught === undefined) {
    caught = signal;
    caughtAt = performance.now();
    handlers?.stop(signal);
    // Then the next signal ends the process by default, even when the shutdown hangs. PID 1 has no such default.
    if (process.pid !== 1) setTimeout(releaseStopSignals, REPEAT_INTERVAL).unref();
  } else if (performance.now() - caughtAt > REPEAT_INTERVAL && signal !== 'SIGHUP') {
    handlers?.stopNow(signal);
  }
}

function ignore(signal: NodeJS.Signals): void {
  handlers?.ignored(signal);
}

// The kernel sends SIGHUP when the terminal is closed. Other senders, such as logrotate, leave the terminal open.
function hangUp(): void {
  if (lostTerminals().length > 0) stop('SIGHUP');
  else handlers?.hangUp();
}

function releaseStopSignals(): void {
  for (const signal of STOP) process.off(signal, stop);
}

function supported(...signals: NodeJS.Signals[]): NodeJS.Signals[] {
  return signals.filter((signal) => signal in constants.signals);
}
