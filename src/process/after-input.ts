/**
 * Calls `action` after the event loop has read what has come in. A timer that is about to judge a client calls this
 * first: after a pause of the process (SIGSTOP, a laptop's sleep) all timers are over, and what the clients sent in time
 * is still unread.
 */
export function afterInput(action: () => void): void {
  // Immediates run behind the poll phase, which follows the timers.
  setImmediate(action);
}
