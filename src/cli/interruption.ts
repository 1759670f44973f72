/**
 * The first SIGINT or SIGTERM as an AbortSignal, and so the loss of the reader of our output (`| head`); a second signal
 * ends the process as it always does. `release` gives the signals back.
 */
export function onInterruption(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const release = (): void => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  };
  const stop = (): void => {
    release();
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  // Never released: a write that is under way may still fail, which would be a crash.
  process.stdout.on('error', stop);
  return { signal: controller.signal, release };
}
