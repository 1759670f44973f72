/** Milliseconds after which `action` runs even if the browser draws no frame, as in a background tab. */
const BACKGROUND_DELAY = 250;

/** Returns a function that schedules `action` for the next frame. Several calls in one frame run it once. */
export function oncePerFrame(action: () => void): () => void {
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    timer = undefined;
    action();
  };
  return () => {
    if (timer !== undefined) return;
    frame = requestAnimationFrame(run);
    timer = setTimeout(run, BACKGROUND_DELAY);
  };
}
