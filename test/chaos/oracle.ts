import type { CheckedStream } from '../../src/cli/verify/findings.js';
import type { OperatorAction } from './operator-actions.js';

/** One action of the operator, and when it took place. Milliseconds since 1970. */
export interface ActionRecord {
  readonly action: Pick<OperatorAction, 'name' | 'loss'>;
  readonly from: number;
  /** Infinite until the daemon is ready again. */
  to: number;
  /** Messages about tasks that were sent meanwhile. */
  sent: number;
  /** When each message was sent that nobody got because of this action. Milliseconds after `from`. */
  readonly lost: number[];
}

/** One watcher of a job. */
export interface WatchedStream extends CheckedStream {
  /** When the last bytes arrived, in milliseconds since 1970. */
  readonly activeAt: number;
}

/** A job that is over, with its watchers. */
export interface WatchedJob {
  readonly id: string;
  readonly startedAt: number;
  readonly watchers: readonly WatchedStream[];
  /** When each message about a task was sent. The first one is task 1. */
  readonly sentAt: readonly number[];
  /** The tasks that reached any watcher. */
  readonly received: ReadonlySet<number>;
}

/** Milliseconds before and after an action in which a message may be on its way. */
const MARGIN_MS = 1000;

/** Messages that the broker keeps for an absent monitor in any case. It may drop what exceeds this number. */
const KEPT = 450;
/** Messages that an action may lose on average. A restart loses what is on the wire when the connection ends. */
const MAX_AVERAGE_LOST: Readonly<Record<OperatorAction['loss'], number>> = {
  none: 0,
  graceful: 3,
  // A process that was cut off or stopped may have got messages for seconds.
  handover: Infinity,
  crash: 50,
};

/** Messages of one fast job that may all be on the wire when a connection ends. A short run has few actions. */
const BURST = 200;

/** Judges jobs by what their watchers got. Collects violations of what the monitor promises. */
export class ChaosOracle {
  readonly violations: string[] = [];
  /**
   * `undisturbed`: jobs without an action that loses messages. `partial`: streams that started over or that miss
   * messages. `lost`: messages that nobody got.
   */
  readonly figures = {
    jobs: 0,
    undisturbed: 0,
    streams: 0,
    messages: 0,
    cuts: 0,
    resets: 0,
    partial: 0,
    lost: 0,
  };

  /**
   * @param hasJournal the monitor forgets nothing at a graceful restart
   * @param isTight the limits are so small that logs are trimmed and channels are evicted
   */
  constructor(
    private readonly actions: readonly ActionRecord[],
    private readonly hasJournal: boolean,
    private readonly isTight = false,
  ) {}

  /** Whether FINISHED may be lost. */
  mayMiss(job: Pick<WatchedJob, 'startedAt'>): boolean {
    return this.isTight || this.lossOf(job) !== 'none';
  }

  /** The worst that actions may have done to a job. */
  lossOf({ startedAt }: Pick<WatchedJob, 'startedAt'>): OperatorAction['loss'] {
    const losses = this.actions
      .filter(({ to }) => to + MARGIN_MS >= startedAt)
      .map(({ action }) => action.loss);
    return (['crash', 'handover', 'graceful'] as const).find((loss) => losses.includes(loss)) ?? 'none';
  }

  judge(job: WatchedJob): void {
    this.figures.jobs++;
    this.figures.messages += job.sentAt.length;
    const loss = this.lossOf(job);
    if (loss === 'none') this.figures.undisturbed++;
    const permitted = this.permittedFor(job, loss);
    for (const stream of job.watchers) {
      this.count(stream);
      for (const fault of faultsOf(stream, permitted))
        this.violations.push(`${job.id}, ${stream.group}: ${fault}; ${describeStream(stream)}`);
    }
    this.countLost(job);
  }

  /** Judges how much the actions have lost. An action that took so long that the broker dropped messages does not count. */
  judgeLosses(): void {
    for (const [loss, max] of Object.entries(MAX_AVERAGE_LOST)) {
      const records = this.actions.filter(({ action, sent }) => action.loss === loss && sent <= KEPT);
      const lost = records.reduce((sum, record) => sum + record.lost.length, 0);
      if (lost > max * records.length + BURST)
        this.violations.push(
          `${records.length} actions (${loss}) lost ${lost} messages, expected at most ${max} each and ${BURST}`,
        );
    }
  }

  private permittedFor(job: WatchedJob, loss: OperatorAction['loss']): Permitted {
    const isTrimmed = this.isTight;
    if (isTrimmed) return { isTrimmed, resets: true, lost: Infinity };
    if (loss === 'none') return { isTrimmed, resets: false, lost: 0 };
    if (loss === 'crash' || !this.hasJournal) return { isTrimmed, resets: true, lost: Infinity };
    // What one stream has, the monitor got, and so must all others have it.
    return { isTrimmed, resets: false, lost: Math.min(...job.watchers.map(({ check }) => check.lost)) };
  }

  private count({ check }: CheckedStream): void {
    this.figures.streams++;
    this.figures.cuts += check.cuts.count;
    this.figures.resets += check.resets.count;
    if (check.lost > 0 || check.resets.count > 0) this.figures.partial++;
  }

  // Each message that nobody got must have been on its way during an action that loses messages.
  private countLost({ id, sentAt, received }: WatchedJob): void {
    for (const record of this.actions)
      record.sent += sentAt.filter((time) => time >= record.from && time <= record.to).length;
    for (const [index, time] of sentAt.entries()) {
      if (received.has(index + 1)) continue;
      this.figures.lost++;
      const cause = this.actions.find(
        ({ action, from, to }) =>
          action.loss !== 'none' && time >= from - MARGIN_MS && time <= to + MARGIN_MS,
      );
      if (cause) cause.lost.push(Math.round(time - cause.from));
      else if (!this.isTight)
        this.violations.push(
          `${id}: task ${index + 1} reached nobody (sent at ${new Date(time).toISOString()}), and no action explains that`,
        );
    }
  }
}

/** What actions may have done to the streams of a job. */
interface Permitted {
  readonly isTrimmed: boolean;
  readonly resets: boolean;
  /** Messages that a stream may miss. */
  readonly lost: number;
}

function faultsOf({ check, refused }: CheckedStream, permitted: Permitted): string[] {
  const { repeated, late, foreign, altered, malformed, positions, resets } = check;
  const counts = { repeated, late, foreign, altered, malformed, unannounced: positions.unannounced };
  const unexplained = check.lost > permitted.lost ? check.lost - permitted.lost : lostByMonitor(check);
  return [
    ...Object.entries(counts).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : [])),
    ...(unexplained > 0 ? [`${unexplained} lost without a reset`] : []),
    ...(resets.count > 0 && !permitted.resets ? ['a reset without a restart'] : []),
    ...(resets.texts.includes('trimmed') && !permitted.isTrimmed ? ['trimmed below the limits'] : []),
    ...(refused !== undefined ? [`never opened: ${refused}`] : []),
    ...(check.isComplete && check.end !== undefined ? [] : ['did not end']),
  ];
}

// A gap in the positions: the monitor had the message. A legacy stream has no positions.
function lostByMonitor({ positions, lost, lostUpstream }: CheckedStream['check']): number {
  return positions.isUsed ? lost - lostUpstream : 0;
}

function describeStream({ check, activeAt }: WatchedStream): string {
  const { messages, cuts, resets, lost, end } = check;
  const silence = Math.round((Date.now() - activeAt) / 1000);
  return `${messages} messages, ${lost} missing, end ${end}, silent for ${silence} s, resets [${resets.texts.join(', ')}], cuts [${cuts.texts.join(', ')}]`;
}
