/** Milliseconds after which `action` runs even if the browser draws no frame, as in a background tab. */
const BACKGROUND_DELAY = 250;

/** `action` takes at most one part in this number of the time, so that thousands of messages are not slowed down by it. */
const SHARE = 4;

/** Returns a function that schedules `action` for the next frame. Several calls in one frame run it once. */
export function oncePerFrame(action: () => void): () => void {
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let notBefore = 0;
  const run = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    timer = undefined;
    const start = performance.now();
    action();
    const end = performance.now();
    notBefore = end + (end - start) * (SHARE - 1);
  };
  const runInFrame = (): void => {
    if (performance.now() < notBefore) frame = requestAnimationFrame(runInFrame);
    else run();
  };
  return () => {
    if (timer !== undefined) return;
    frame = requestAnimationFrame(runInFrame);
    timer = setTimeout(run, BACKGROUND_DELAY);
  };
}
