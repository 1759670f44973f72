/** Exit codes when the output can't be written: 128 + SIGPIPE as the shell reports it, and EX_IOERR of sysexits.h. */
const EXIT_NO_READER = 141;
const EX_IOERR = 74;

/**
 * Ends a command quietly when nobody reads its output any more (`| head`), and with one line when the output can't be
 * written (a full disk). The daemon calls the result to be released: it goes on without a console.
 */
export function guardOutput(): () => void {
  let exitCode: number | undefined;
  const fail = (error: NodeJS.ErrnoException): void => {
    if (exitCode !== undefined) return;
    exitCode = error.code === 'EPIPE' ? EXIT_NO_READER : EX_IOERR;
    if (error.code !== 'EPIPE') process.stderr.write(`error: cannot write the output: ${error.message}\n`);
  };
  // The command may set its own exit code after the failure.
  const decide = (): void => {
    if (exitCode !== undefined) process.exitCode = exitCode;
  };
  process.stdout.on('error', fail);
  process.on('exit', decide);
  // There is nowhere left to complain to. The exit code still tells what happened.
  process.stderr.on('error', () => {});
  return () => {
    process.stdout.off('error', fail);
    process.off('exit', decide);
  };
}
