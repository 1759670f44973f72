import { isatty } from 'node:tty';

/** The file descriptors of the standard streams that were terminals at the start. */
export const terminals: readonly number[] = [0, 1, 2].filter((fd) => isatty(fd));

/** The terminals that have been closed since the start: `isatty` fails on a closed terminal. */
export function lostTerminals(): readonly number[] {
  return terminals.filter((fd) => !isatty(fd));
}
