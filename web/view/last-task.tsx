import { laterTexts } from '../later-texts.js';

interface LastTaskProps {
  /** When the last task ended. */
  readonly lastAt: number | undefined;
  /** The present time. Both are the monitor's time in milliseconds since 1970. */
  readonly until: number;
}

/** The time since the last task. A person sees whether a task takes long. */
export function LastTask({ lastAt, until }: LastTaskProps) {
  if (lastAt === undefined || !Number.isFinite(lastAt)) return null;
  return <p class="last-task">{laterTexts.lastTask(laterTexts.durations.ago(until - lastAt))}</p>;
}
