import { useEffect, useState } from 'preact/hooks';
import { TimelineIndex } from '../timeline-index.js';
import type { TimelineEntry } from '../timeline-entry.js';

/** More new entries at once belong to a late join. To read 50,000 entries takes 50 ms, and the numbers come first. */
const MAX_AT_ONCE = 1000;
/** Milliseconds without a new entry that end a late join. */
const QUIET_TIME = 50;
/** Milliseconds after which the entries are read while others still come. */
const MAX_LAG = 500;

/** The index of the entries. It lags behind in a late join. @param complete without any lag */
export function useTimelineIndex(entries: readonly TimelineEntry[], complete: boolean): TimelineIndex {
  const [index] = useState(() => new TimelineIndex());
  const [, update] = useState({});
  const lags = !complete && index.unread(entries) > MAX_AT_ONCE;
  if (!lags) index.read(entries);
  useEffect(() => {
    if (!lags) return undefined;
    const end = performance.now() + MAX_LAG;
    let { length } = entries;
    const timer = setInterval(() => {
      const isQuiet = entries.length === length;
      length = entries.length;
      if (!isQuiet && performance.now() < end) return;
      index.read(entries);
      update({});
    }, QUIET_TIME);
    return () => clearInterval(timer);
  }, [lags, entries]);
  return index;
}
