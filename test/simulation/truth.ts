import type { ProgressMessage } from '../../src/messages/progress-message.js';
import { RestartTruth } from './restart-truth.js';

/** Milliseconds from a message to its flush: a burst, and a turn of the event loop. */
export const LONGEST_FLUSH = 25;

/** A message that the monitor has taken from the broker. */
export interface TakenMessage {
  readonly channel: string;
  /** Each message has its own name, as its task id. */
  readonly name: string;
  readonly command: string;
  /** The name of the message before it in its channel, without messages that a crash has lost. */
  readonly previous: string | undefined;
  /** Its place among all messages. */
  readonly order: number;
  /** When it was taken; see `Stamp.time`. */
  readonly time: number;
  /** A FINISHED directly after a FINISHED. It is no entry while its channel is in memory. */
  readonly repeated: boolean;
}

/** When the monitor has written something. */
export interface Stamp {
  /** The number of messages that it had taken. */
  readonly count: number;
  /** Milliseconds since the start of the run, without pauses. */
  readonly time: number;
  /** When the client last took too few bytes; the monitor writes nothing then. */
  readonly fullAt: number;
}

/** The stamp of what no monitor has written. */
export const NO_STAMP: Stamp = { count: 0, time: 0, fullAt: 0 };

/** A message as a watcher gets it, with the truth about it. */
export interface SeenMessage extends TakenMessage {
  readonly epoch: string;
  readonly seq: number;
}

/** The fields of a message on the wire. */
export interface WireMessage {
  readonly id: string;
  readonly command: string;
  readonly task_id?: string;
}

/** Everything that the monitor has taken, and the first thing that was wrong. */
export class Truth {
  failure: string | undefined;
  /** The number of messages that the monitor has taken. */
  count = 0;
  private readonly channels = new Map<string, TakenMessage[]>();
  private readonly names = new Map<string, TakenMessage>();
  private readonly ids = new Map<string, string>();
  /** Messages that were taken before this number belong to an earlier process. */
  private processStart = 0;
  /** The last message of each channel that is not lost. */
  private readonly tails = new Map<string, TakenMessage>();
  /** Messages that a crash has lost. */
  private readonly lost = new Set<string>();
  /** Channels that this process has restored. */
  private readonly restored = new Set<string>();
  readonly restarts = new RestartTruth(this);
  private takenAt = 0;

  /** @param clock milliseconds since the start of the run, without pauses */
  constructor(readonly clock: () => number) {}

  /** What is written now. @param fullAt see `Stamp.fullAt` */
  stamp(fullAt: number): Stamp {
    return { count: this.count, time: this.clock(), fullAt };
  }

  /** Milliseconds since the last message was taken. */
  get quietFor(): number {
    return this.clock() - this.takenAt;
  }

  /** Another process of the monitor starts. */
  startProcess(): void {
    this.processStart = this.count;
    this.restored.clear();
    this.restarts.startProcess();
  }

  take({ channelId, command, taskId = '' }: ProgressMessage): void {
    const all = this.channels.get(channelId) ?? [];
    this.channels.set(channelId, all);
    const before = this.tails.get(channelId);
    const repeated =
      command === 'FINISHED' &&
      before?.command === command &&
      (before.order >= this.processStart || this.restored.has(channelId));
    this.takenAt = this.clock();
    const place = { previous: before?.name, order: this.count++, time: this.takenAt };
    const taken = { channel: channelId, name: taskId, command, ...place, repeated };
    all.push(taken);
    this.tails.set(channelId, taken);
    this.names.set(taskId, taken);
  }

  /** The last entry of a channel before `stamp`, if it was taken as message `since` or later. */
  lastEntry(channel: string, since: number, { count }: Stamp): TakenMessage | undefined {
    return this.channels
      .get(channel)
      ?.findLast(
        ({ name, order, repeated }) => order < count && order >= since && !repeated && !this.lost.has(name),
      );
  }

  /** The process of the monitor has taken a message of this channel. */
  hasTaken(channel: string): boolean {
    return (this.channels.get(channel)?.at(-1)?.order ?? -1) >= this.processStart;
  }

  /** A process has restored these messages of a channel. The messages after them are lost. */
  restore(channel: string, names: readonly string[]): void {
    for (const [index, name] of names.entries()) {
      const before = names[index - 1];
      if (index > 0 && this.names.get(name)?.previous !== before)
        this.fail(`${channel}: ${name} was restored after ${before}`);
    }
    const last = this.byName(names.at(-1));
    if (last?.channel !== channel)
      return this.fail(`${names.at(-1)} was restored as a message of ${channel}`);
    for (const { name, order } of this.channels.get(channel)!) if (order > last.order) this.lost.add(name);
    this.tails.set(channel, last);
    this.restored.add(channel);
  }

  /** Looks up a message that a watcher of `channel` has got. `undefined` after a failure. */
  see(message: WireMessage, channel: string): SeenMessage | undefined {
    const [, epoch = '', seq = ''] = /^(.+)-(\d+)$/.exec(message.id) ?? [];
    const taken = this.identify(message, channel);
    if (!taken) return undefined;
    const known = this.ids.get(message.id);
    if (known !== undefined && known !== taken.name)
      return this.fail(`${message.id} was ${known} and is now ${taken.name}`);
    this.ids.set(message.id, taken.name);
    return { ...taken, epoch, seq: Number(seq) };
  }

  /** Looks up a message without an id, as a client of the original gets it. */
  identify({ command, task_id = '' }: Omit<WireMessage, 'id'>, channel: string): TakenMessage | undefined {
    const taken = this.names.get(task_id);
    if (!taken) return this.fail(`${task_id} was never taken`);
    if (taken.channel !== channel)
      return this.fail(`a watcher of ${channel} got ${task_id} of ${taken.channel}`);
    return taken.command === command ? taken : this.fail(`${task_id} became ${command}`);
  }

  /** The name of the message with this id, if a watcher has got it. */
  nameOf(id: string): string | undefined {
    return this.ids.get(id);
  }

  byName(name: string | undefined): TakenMessage | undefined {
    return name === undefined ? undefined : this.names.get(name);
  }

  /** Milliseconds since a message was taken, without pauses. */
  ageOf(name: string): number {
    return this.clock() - this.names.get(name)!.time;
  }

  /** Keeps the first failure. */
  fail(failure: string): undefined {
    this.failure ??= failure;
    return undefined;
  }
}

/** Says what is wrong with `next` directly after `last`. */
export function gapBetween(last: SeenMessage, next: SeenMessage): string | undefined {
  if (last.command === 'FINISHED') return `${next.name} came after FINISHED`;
  if (next.epoch !== last.epoch) return `${next.epoch}-${next.seq} came after ${last.epoch}-${last.seq}`;
  if (next.seq !== last.seq + 1) return `number ${next.seq} came after ${last.seq}`;
  return next.previous === last.name ? undefined : `${next.name} came after ${last.name}`;
}
