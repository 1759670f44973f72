import { laterTexts } from './later-texts.js';

/** An estimate of the time until the last task is done. */
export interface TimeLeft {
  /** Milliseconds. */
  readonly ms: number;
  /** Milliseconds per task so far. */
  readonly pace: number;
  /** The number of tasks that are left. */
  readonly tasks: number;
}

/** What the estimate needs. Times are in milliseconds since 1970, by the monitor's clock. */
interface PaceFacts {
  readonly done: number;
  readonly total: number | undefined;
  readonly startedAt: number | undefined;
  readonly lastAt: number | undefined;
  readonly now: number;
}

/** Fewer tasks, or a shorter time in milliseconds, say too little about the rest. */
const MIN_TASKS = 3;
const MIN_TIME = 3000;
/** After this number of average tasks without news, and at least this time, the average says nothing. */
const MAX_PAUSE_TASKS = 5;
const MAX_PAUSE = 30_000;

/** The number of tasks that are left times the average time of a task so far; `undefined`: there is too little data. */
export function timeLeft({ done, total, startedAt, lastAt, now }: PaceFacts): TimeLeft | undefined {
  if (total === undefined || startedAt === undefined || lastAt === undefined) return undefined;
  const [tasks, time, pause] = [total - done, lastAt - startedAt, Math.max(0, now - lastAt)];
  if (tasks <= 0 || done < MIN_TASKS || !(time >= MIN_TIME)) return undefined;
  const pace = time / done;
  if (pause > Math.max(MAX_PAUSE, pace * MAX_PAUSE_TASKS)) return undefined;
  return { ms: Math.max(pace * tasks - pause, 0), pace, tasks };
}

/** A coarse duration such as `about 2 minutes`, as precise as an estimate can be. */
export function roughly(ms: number): string {
  if (ms < 10_000) return laterTexts.fewSeconds;
  if (ms < 50_000) return laterTexts.underAMinute;
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 10) return laterTexts.aboutMinutes(minutes);
  if (minutes < 55) return laterTexts.aboutMinutes(Math.round(minutes / 5) * 5);
  return laterTexts.aboutHours(Math.max(1, Math.round(minutes / 60)));
}
