/** Milliseconds after which `action` runs even if the browser draws no frame, as in a background tab. */
const BACKGROUND_DELAY = 250;

/**
 * Milliseconds between two runs while calls come in each frame: to draw the page takes longer than to read a thousand
 * messages. In the first frame without a call, `action` runs at once.
 */
const PAUSE = 200;

/** `action` takes at most one part in this number of the time, also on a slow computer. */
const SHARE = 4;

/** The parts of a window that tell when a frame is drawn. */
interface FrameWindow {
  requestAnimationFrame(callback: () => void): number;
  cancelAnimationFrame(frame: number): void;
}

/** Returns a function that schedules `action` for the next frame. Several calls in one frame run it once. */
export function oncePerFrame(window: FrameWindow, action: () => void): () => void {
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let [calls, callsBefore] = [0, 0];
  let [pauseEnd, shareEnd] = [0, 0];
  const run = (): void => {
    window.cancelAnimationFrame(frame);
    clearTimeout(timer);
    timer = undefined;
    const start = performance.now();
    action();
    const end = performance.now();
    pauseEnd = end + PAUSE;
    shareEnd = end + (end - start) * (SHARE - 1);
  };
  const runInFrame = (): void => {
    const now = performance.now();
    const isQuiet = calls === callsBefore;
    callsBefore = calls;
    if (now < shareEnd || (now < pauseEnd && !isQuiet)) frame = window.requestAnimationFrame(runInFrame);
    else run();
  };
  return () => {
    calls++;
    if (timer !== undefined) return;
    frame = window.requestAnimationFrame(runInFrame);
    timer = setTimeout(run, BACKGROUND_DELAY);
  };
}
