/** `verify` can't run: there is no way to the monitor. The message says what to do. */
export class CannotVerifyError extends Error {}
