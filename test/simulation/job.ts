import type { ProgressMessage } from '../../src/messages/progress-message.js';
import type { Coverage } from './coverage.js';
import type { Random } from './random.js';

/** The jobs of one channel, one after the other: their messages in the order in which a worker sends them. */
export class Job {
  private command = '';
  private count = 0;
  private tasksLeft = 0;

  constructor(
    readonly channel: string,
    private readonly random: Random,
    private readonly coverage: Coverage,
  ) {}

  get finished(): boolean {
    return this.command === 'FINISHED';
  }

  /** The next messages, up to the end of the job. */
  next(count: number): ProgressMessage[] {
    const messages: ProgressMessage[] = [];
    while (messages.length < count) {
      this.command = this.following();
      messages.push(this.message(this.command));
      if (this.command === 'FINISHED') break;
    }
    return messages;
  }

  /** This many tasks, before which the job begins if necessary. */
  tasks(count: number): ProgressMessage[] {
    const isRunning = this.command === 'STARTED' || this.command === 'TASK';
    const before = isRunning ? [] : [this.message('STARTED')];
    this.command = 'TASK';
    return [...before, ...Array.from({ length: count }, () => this.message('TASK'))];
  }

  /** The messages that end the job. */
  finish(): ProgressMessage[] {
    const isRunning = !['', 'FINISHED'].includes(this.command);
    const before = isRunning ? [] : [this.message('STARTED')];
    this.command = 'FINISHED';
    return [...before, this.message('FINISHED')];
  }

  /** A FINISHED that says nothing new, if the job has finished. */
  repeatFinished(): ProgressMessage[] {
    if (this.command !== 'FINISHED') return [];
    this.coverage.add('a repeated FINISHED');
    return [this.message('FINISHED')];
  }

  private following(): string {
    switch (this.command) {
      case '':
      case 'FINISHED':
      case 'ABORTED':
        this.tasksLeft = this.random.int(1, 12);
        return this.random.chance(0.05) ? 'FAILED' : 'DOWNLOADED';
      case 'DOWNLOADED':
        return 'STARTED';
      case 'STARTED':
      case 'TASK':
        if (this.random.chance(0.03)) return this.abort();
        return this.tasksLeft-- > 0 ? 'TASK' : 'ENDED';
      case 'ENDED':
        return this.random.chance(0.1) ? this.fail() : 'UPLOADED';
      default:
        return 'FINISHED';
    }
  }

  private abort(): string {
    this.coverage.add('an attempt is aborted');
    return 'ABORTED';
  }

  private fail(): string {
    this.coverage.add('a job fails');
    return 'FAILED';
  }

  // Each message has a name. Workers send a task id with TASK only, but the monitor relays any.
  private message(command: string): ProgressMessage {
    const message = { channelId: this.channel, command, taskId: `${this.channel}.${++this.count}` };
    return command === 'TASK' ? { ...message, taskState: 'COMPLETED' } : message;
  }
}
