import { useLayoutEffect, useState } from 'preact/hooks';

/** Extra rows rendered above and below the visible ones, so that scrolling shows no gap. */
const EXTRA_ROWS = 8;
/** Pixels. Used until the real height is known. */
const INITIAL_HEIGHT = 600;

/** The part of a long list that is visible. */
export interface ScrollWindow {
  /** Index of the first row to render. */
  readonly first: number;
  /** Index after the last row to render. */
  readonly last: number;
  /** Pixels. */
  readonly height: number;
  readonly onScroll: () => void;
  /** Scrolls until a row is visible. @param covered pixels at the top that are covered */
  readonly reveal: (index: number, covered: number) => void;
}

/** Follows which rows of a scrolling element are visible. All rows have the same height. */
export function useScrollWindow(
  scroller: { readonly current: HTMLElement | null },
  rowHeight: number,
  count: number,
): ScrollWindow {
  const [{ top, height }, setPosition] = useState({ top: 0, height: INITIAL_HEIGHT });
  const read = (): void => {
    const { scrollTop, clientHeight } = scroller.current!;
    setPosition((before) =>
      before.top === scrollTop && before.height === clientHeight
        ? before
        : { top: scrollTop, height: clientHeight },
    );
  };
  useLayoutEffect(() => {
    const observer = new ResizeObserver(read);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, Math.min(Math.floor(top / rowHeight), count) - EXTRA_ROWS);
  const last = Math.min(count, first + Math.ceil(height / rowHeight) + 2 * EXTRA_ROWS);
  const reveal = (index: number, covered: number): void => {
    const element = scroller.current!;
    const [start, end] = [index * rowHeight, (index + 1) * rowHeight];
    if (start < element.scrollTop) element.scrollTop = start;
    else if (end + covered > element.scrollTop + element.clientHeight)
      element.scrollTop = end + covered - element.clientHeight;
    read();
  };
  return { first, last, height, onScroll: read, reveal };
}
