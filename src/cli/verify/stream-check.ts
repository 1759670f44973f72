import { parsePosition } from '../../messages/position.js';
import { ChainCheck } from './chain-check.js';
import { parseLink } from './chain-link.js';
import { StreamLatencies } from './stream-latencies.js';
import { Occurrences } from './occurrences.js';
import { PositionCheck } from './position-check.js';
import { SequenceCheck } from './sequence-check.js';
import { OTHER_MESSAGES, stepOf } from './verify-job.js';
import type { WatchedItem } from './watched-item.js';

/** Checks the items of one stream. A stream of a job of `verify` is checked completely, any other by its positions. */
export class StreamCheck {
  messages = 0;
  /** Messages of another channel. */
  foreign = 0;
  /** Texts that are no item. */
  malformed = 0;
  /** Why the stream started over. */
  readonly resets = new Occurrences();
  /** Why connections were lost. */
  readonly cuts = new Occurrences();
  /** FINISHED has arrived. */
  hasFinished = false;
  /** Why the stream ended for good. */
  end: string | undefined;
  readonly latencies = new StreamLatencies();
  readonly positions: PositionCheck;

  /** Undefined until the first message after a reset, because the list may start anywhere. */
  private steps: SequenceCheck | undefined = new SequenceCheck();
  private readonly dropped = { repeated: 0, late: 0 };
  private readonly chain = new ChainCheck();
  /** Messages that no job of `verify` has. */
  private unknown = 0;
  private newestTask = 0;

  /**
   * @param isJob the channel is a job of `verify`
   * @param tasks number of tasks of the job, if known
   */
  constructor(
    private readonly channel: string,
    private readonly isJob: boolean,
    private tasks?: number,
  ) {
    this.positions = new PositionCheck(isJob);
  }

  /** @param receivedAt milliseconds since 1970, if known */
  add(item: WatchedItem, receivedAt?: number): void {
    if (item.malformed !== undefined) this.malformed++;
    else if (item.reset !== undefined) this.reset(item.reset);
    else if (item.continues !== undefined) this.positions.continue(item.continues, item.epoch ?? '');
    else if (item.lost !== undefined) this.cut(item.lost);
    else if (item.end !== undefined) this.end = item.end;
    else if (item.command !== undefined) this.message(item, item.command, receivedAt);
  }

  /** Messages with other content than was sent. */
  get altered(): number {
    return this.unknown + this.chain.altered;
  }

  /** Messages that are missing, with those after the last one. */
  get lost(): number {
    if (!this.isJob) return this.positions.lost;
    return this.lostBetween + this.lostAtEnd;
  }

  /** Messages that the monitor did not get: the positions have no gap there. */
  get lostUpstream(): number {
    if (!this.positions.isUsed || !this.isJob) return 0;
    return Math.max(0, this.lostBetween - this.positions.lost);
  }

  get repeated(): number {
    return this.isJob ? this.dropped.repeated + (this.steps?.repeated ?? 0) : this.positions.repeated;
  }

  get late(): number {
    return this.isJob ? this.dropped.late + (this.steps?.late ?? 0) : this.positions.late;
  }

  /** The job has ended, and the stream too. A stream of another channel may end anywhere. */
  get isComplete(): boolean {
    return !this.isJob || this.hasFinished;
  }

  private get lostBetween(): number {
    return this.steps?.lost ?? 0;
  }

  private get lostAtEnd(): number {
    if (this.tasks === undefined) return 0;
    return this.tasks + OTHER_MESSAGES - (this.steps ? this.steps.next - 1 : 0);
  }

  private message(item: WatchedItem, command: string, receivedAt: number | undefined): void {
    this.messages++;
    if (item.id !== undefined) {
      const position = parsePosition(item.id);
      if (position) this.positions.add(position);
      else this.malformed++;
    }
    if (this.isJob) this.checkStep(item, command, receivedAt);
  }

  private checkStep(item: WatchedItem, command: string, receivedAt: number | undefined): void {
    const link = parseLink(item.task_id ?? '');
    if (link && link.channel !== this.channel) return void this.foreign++;
    this.tasks ??= link?.tasks;
    const step = stepOf(command, link?.task, this.tasks ?? 0);
    if (step === undefined || (link && link.tasks !== this.tasks)) return void this.unknown++;
    this.steps ??= new SequenceCheck(step);
    this.steps.add(step);
    this.hasFinished ||= command === 'FINISHED';
    if (!link) return;
    this.chain.add(link, item.task_state ?? '');
    // A replay says nothing about the time that a message takes.
    if (link.task <= this.newestTask) return;
    this.newestTask = link.task;
    if (receivedAt !== undefined) this.latencies.add(link.sentAt / 1000, receivedAt);
  }

  private reset(reason: string): void {
    this.resets.add(reason);
    this.positions.reset(reason);
    this.startOver();
    this.steps = undefined;
  }

  // A legacy stream has no positions: each connection delivers the job from its first message.
  private cut(reason: string): void {
    this.cuts.add(reason);
    if (this.positions.isUsed) return;
    this.startOver();
    this.steps = new SequenceCheck();
  }

  private startOver(): void {
    this.dropped.repeated += this.steps?.repeated ?? 0;
    this.dropped.late += this.steps?.late ?? 0;
    this.chain.startOver();
  }
}
