/** A warning about a valid configuration. It has the shape of a log call. */
export interface Warning {
  message: string;
  /** The environment variable, or the key. */
  variable?: string;
  key?: string;
  /** The most similar variable that exists. */
  nearest?: string;
}

/** Formats a warning as one line for a terminal. */
export function warningLine({ message, variable, key, nearest }: Warning): string {
  return `warning: ${message}: ${variable ?? key}${nearest === undefined ? '' : ` (did you mean ${nearest}?)`}`;
}
