import type { StreamMessage } from './stream-frame.js';

export interface TaskCounts {
  readonly completed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What a job's messages amount to so far; the same rules as the monitor's own summary. Times: ms since 1970. */
export interface Progress {
  readonly state: 'waiting' | 'running' | 'aborted' | 'failed' | 'finished';
  readonly attempt: number;
  readonly tasks: TaskCounts;
  readonly messages: number;
  readonly startedAt: number | null;
  readonly updatedAt: number | null;
  readonly finishedAt: number | null;
}

const NO_TASKS: TaskCounts = { completed: 0, failed: 0, skipped: 0 };

export const NO_PROGRESS: Progress = {
  state: 'waiting',
  attempt: 1,
  tasks: NO_TASKS,
  messages: 0,
  startedAt: null,
  updatedAt: null,
  finishedAt: null,
};

/** The progress after one more message. */
export function advance(progress: Progress, message: StreamMessage): Progress {
  const time = Date.parse(message.time);
  const next: Progress = {
    ...progress,
    messages: progress.messages + 1,
    startedAt: progress.startedAt ?? time,
    updatedAt: time,
  };
  switch (message.command) {
    case 'DOWNLOADED':
    case 'STARTED':
      return begun(next);
    case 'TASK':
      return { ...next, state: ongoing(next.state), tasks: counted(next.tasks, message.task_state) };
    case 'ABORTED':
      // FAILED may overtake the ABORTED before it, and is the last word of the two.
      return { ...next, state: next.state === 'failed' ? 'failed' : 'aborted' };
    case 'FAILED':
      return { ...next, state: 'failed' };
    case 'FINISHED':
      return { ...next, state: next.state === 'failed' ? 'failed' : 'finished', finishedAt: time };
    default:
      return { ...next, state: ongoing(next.state) };
  }
}

// An attempt is over with ABORTED or FAILED, but its counts stay until the next one begins: it may have been the last.
function begun(progress: Progress): Progress {
  if (progress.state !== 'aborted' && progress.state !== 'failed') return { ...progress, state: 'running' };
  return { ...progress, state: 'running', attempt: progress.attempt + 1, tasks: NO_TASKS };
}

function ongoing(state: Progress['state']): Progress['state'] {
  return state === 'waiting' ? 'running' : state;
}

function counted(tasks: TaskCounts, state: string | undefined): TaskCounts {
  if (state === 'COMPLETED') return { ...tasks, completed: tasks.completed + 1 };
  if (state === 'FAILED') return { ...tasks, failed: tasks.failed + 1 };
  if (state === 'SKIPPED') return { ...tasks, skipped: tasks.skipped + 1 };
  return tasks;
}
