/** An error in full, for a log line about a bug. */
export function errorStack(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** The message of an error. Any value may be thrown, so other values become text. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
