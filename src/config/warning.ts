/** What an operator should know about the configuration, although it can be used. The shape of a log call. */
export interface Warning {
  message: string;
  /** The environment variable that the warning is about. */
  variable: string;
  /** The variable that was most likely meant. */
  nearest?: string;
}

/** The warning on one line, for a terminal. */
export function warningLine({ message, variable, nearest }: Warning): string {
  return `warning: ${message}: ${variable}${nearest === undefined ? '' : ` (did you mean ${nearest}?)`}`;
}
