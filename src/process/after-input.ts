/**
 * Calls `action` after the event loop has read the input that has arrived. Used by timers that may close a silent
 * client. After a pause of the process (SIGSTOP, sleep of the machine) all timers run first, before the input that
 * clients sent in time is read.
 */
export function afterInput(action: () => void): void {
  // The event loop runs timers, then reads input (poll phase), then runs immediates.
  setImmediate(action);
}
