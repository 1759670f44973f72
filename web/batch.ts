/** Milliseconds after which a batch runs even when no frame is drawn, as in a tab in the background. */
const PATIENCE = 250;

/** A function that runs `action` once per frame, however often it is called, in a background tab as well. */
export function batched(action: () => void): () => void {
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
    timer = setTimeout(run, PATIENCE);
  };
}
