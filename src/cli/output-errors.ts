/** Exit codes when the output can't be written: 128 + SIGPIPE as a shell reports it, and EX_IOERR of sysexits.h. */
const EXIT_SIGPIPE = 141;
const EX_IOERR = 74;

/**
 * Handles a standard output that can't be written. When the reader has closed it (`| head`), the process exits without a
 * message; after any other error (a full disk), with one line on stderr. Returns a function that removes the handlers:
 * the daemon keeps running without a console.
 */
export function handleOutputErrors(): () => void {
  let exitCode: number | undefined;
  const fail = (error: NodeJS.ErrnoException): void => {
    if (exitCode !== undefined) return;
    exitCode = error.code === 'EPIPE' ? EXIT_SIGPIPE : EX_IOERR;
    if (error.code !== 'EPIPE') process.stderr.write(`error: cannot write the output: ${error.message}\n`);
  };
  // Set at the exit, because the command may set another exit code after the failure.
  const setExitCode = (): void => {
    if (exitCode !== undefined) process.exitCode = exitCode;
  };
  process.stdout.on('error', fail);
  process.on('exit', setExitCode);
  // An error of stderr can't be reported. The exit code still shows the failure.
  process.stderr.on('error', () => {});
  return () => {
    process.stdout.off('error', fail);
    process.off('exit', setExitCode);
  };
}
