import { errorText } from '../text/error-text.js';

/**
 * Runs a command until it ends. The first SIGINT or SIGTERM aborts the command. A closed standard output (`| head`)
 * aborts it too. A second signal ends the process. An error is printed on one line and sets the exit code.
 */
export async function runUntilSignal(
  errorCode: number,
  command: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const stop = (): void => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  // Never removed: a pending write may still fail, and without a listener the error would end the process.
  process.stdout.on('error', stop);
  try {
    await command(controller.signal);
  } catch (error) {
    process.stderr.write(`error: ${errorText(error)}\n`);
    process.exitCode = errorCode;
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
