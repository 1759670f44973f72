/** The first file descriptor that systemd passes: SD_LISTEN_FDS_START of sd_listen_fds(3). */
const FIRST = 3;

/**
 * The file descriptors of the listening sockets that systemd passed to the process `pid` under `name`
 * (`FileDescriptorName=` of the socket unit). Sockets without names are all returned.
 */
export function inheritedSockets(name: string, environment: NodeJS.ProcessEnv, pid: number): number[] {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES } = environment;
  // A child of the process that systemd started has the same variables, but not the sockets.
  if (Number(LISTEN_PID) !== pid) return [];
  const names = LISTEN_FDNAMES?.split(':');
  const count = Number(LISTEN_FDS);
  if (!Number.isSafeInteger(count) || count < 1) return [];
  return Array.from({ length: count }, (_, index) => FIRST + index).filter(
    (fd) => !names || names[fd - FIRST] === name,
  );
}
