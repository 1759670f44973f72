import { CHAIN_START, formatLink, hashLink } from './chain-link.js';
import { microseconds } from './wall-clock.js';

/** The commands of a job before and after its tasks, as a worker sends them. */
const BEFORE_TASKS = ['DOWNLOADED', 'STARTED'];
const AFTER_TASKS = ['ENDED', 'UPLOADED', 'FINISHED'];
const TASK_STATES = ['COMPLETED', 'FAILED', 'SKIPPED'] as const;

/** The beginning of the channel ids of these jobs. A random part and a number follow. */
export const JOB_PREFIX = 'verify-';
/** The number of messages of a job that are not about a task. */
export const OTHER_MESSAGES = BEFORE_TASKS.length + AFTER_TASKS.length;

/** A job that `verify` publishes. The task ids of its messages form a hash chain. */
export class VerifyJob {
  /** The number of messages that were created. */
  sent = 0;
  private hash = CHAIN_START;

  constructor(
    readonly id: string,
    readonly tasks: number,
  ) {}

  get messages(): number {
    return this.tasks + OTHER_MESSAGES;
  }

  get isOver(): boolean {
    return this.sent === this.messages;
  }

  /** Creates the frames of the next message, which must be sent at once: a task id contains the time. */
  nextFrames(): string[] {
    const index = this.sent++;
    const task = index - BEFORE_TASKS.length + 1;
    if (task < 1) return [this.id, BEFORE_TASKS[index]!];
    if (task > this.tasks) return [this.id, AFTER_TASKS[task - this.tasks - 1]!];
    const state = taskState(task);
    const link = { channel: this.id, task, tasks: this.tasks, sentAt: microseconds() };
    this.hash = hashLink(this.hash, link, state);
    return [this.id, 'TASK', formatLink({ ...link, hash: this.hash }), state];
  }

  /** Skips the rest of the job. Returns the frames of the message that ends the channel. */
  finish(): string[] {
    this.sent = this.messages;
    return [this.id, 'FINISHED'];
  }
}

/** The state that the message about a task has. */
export function taskState(task: number): string {
  return TASK_STATES[task % TASK_STATES.length]!;
}

/**
 * The place of a message in its job, from 1; `undefined` for a message that no job of `verify` has.
 *
 * @param task number of the task, for the command TASK
 * @param tasks number of tasks of the job
 */
export function stepOf(command: string, task: number | undefined, tasks: number): number | undefined {
  if (command === 'TASK') return task && BEFORE_TASKS.length + task;
  const before = BEFORE_TASKS.indexOf(command);
  if (before >= 0) return before + 1;
  const after = AFTER_TASKS.indexOf(command);
  return after < 0 ? undefined : BEFORE_TASKS.length + tasks + after + 1;
}
