import { isatty } from 'node:tty';

/** The standard streams that were a terminal at the start, as file descriptors. */
export const terminals: readonly number[] = [0, 1, 2].filter((fd) => isatty(fd));

/** The terminals that have been closed since: the kernel answers no question about them any more. */
export function lostTerminals(): readonly number[] {
  return terminals.filter((fd) => !isatty(fd));
}
