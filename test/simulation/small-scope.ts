import { ChannelCounters } from '../../src/channels/channel-counters.js';
import { Channel, type ChannelContext } from '../../src/channels/channel.js';
import { EncodingCache } from '../../src/channels/encoding-cache.js';
import { Sequencer } from '../../src/channels/sequencer.js';
import type { StoredEncoder } from '../../src/messages/encoder.js';
import { SmallScopeJournal } from './small-scope-journal.js';
import { SmallScopeLog } from './small-scope-log.js';
import { SmallScopeWatcher } from './small-scope-watcher.js';

const CHANNEL_ACTIONS = ['append', 'flush', 'trim', 'finish', 'write', 'restore', 'crash'] as const;
const WATCHER_ACTIONS = ['join', 'leave', 'stall', 'drain'] as const;

/** An action of the channel, or of one of the two watchers. */
export type SmallScopeAction =
  (typeof CHANNEL_ACTIONS)[number] | `${(typeof WATCHER_ACTIONS)[number]} ${0 | 1}`;

/** Writes `<name> <command>` and a newline. */
const STORED: StoredEncoder = {
  encode: ({ message }) => `${message.taskId} ${message.command}\n`,
  endOf: (bytes, start) => bytes.indexOf('\n', start) + 1,
  decode: (bytes, start, end) => {
    const [taskId, command] = bytes.toString('latin1', start, end - 1).split(' ');
    return { command: command!, taskId: taskId! };
  },
};

const MANY = 1_000_000;

/** A real `Channel` with a journal and two watchers: one reads the stored encoding, one reads a second encoding. */
export class SmallScope {
  readonly watchers = [
    new SmallScopeWatcher(STORED),
    new SmallScopeWatcher({ encode: (entry) => STORED.encode(entry) }),
  ] as const;
  private readonly limits = { channel_messages: MANY, channel_bytes: MANY, lag: MANY };
  private readonly context: ChannelContext = {
    limits: this.limits,
    encodings: new EncodingCache({ encoded_bytes: MANY }),
    storedEncoder: STORED,
    counters: new ChannelCounters(),
    audienceChanged: () => {},
    discarding: () => {},
    awaitLog: () => {},
    authority: { isFollowing: false },
    subscriptionFailed: () => {},
  };
  private epochs = 0;
  private readonly sequencer = new Sequencer(
    () => 0,
    () => `e${this.epochs++}`,
  );
  private channel = this.createChannel();
  private log = new SmallScopeLog(this.channel.epoch);
  private readonly journal = new SmallScopeJournal();
  /** The log that the journal has. */
  private written: SmallScopeLog | undefined;
  /** Messages of all logs. */
  private messages = 0;
  /** Nothing was appended since the last flush, or since the last write to the journal. */
  private isFlushed = true;
  private isWritten = false;
  private error: string | undefined;

  /** The actions that do something now. Any other action would change nothing. */
  get actions(): SmallScopeAction[] {
    const ofWatchers = this.watchers.flatMap((watcher, index) =>
      watcher.actions.map((action): SmallScopeAction => `${action} ${index as 0 | 1}`),
    );
    const isIdle = { flush: this.isFlushed, write: this.isWritten } as Partial<Record<string, boolean>>;
    return [...CHANNEL_ACTIONS.filter((action) => !isIdle[action]), ...ofWatchers];
  }

  /** Does one action. Returns what is wrong afterwards. */
  act(action: SmallScopeAction): string | undefined {
    const [name, index] = action.split(' ');
    if (index !== undefined) this.watchers[Number(index) as 0 | 1].act(name!, this.channel, this.log);
    else this.actOnChannel(name as (typeof CHANNEL_ACTIONS)[number]);
    return this.problem(name === 'flush');
  }

  /** Lets both watchers read to the end. Returns what is wrong then. */
  settle(): string | undefined {
    this.channel.flush();
    for (const watcher of this.watchers) watcher.drain();
    return this.problem(true);
  }

  /** Releases all timers. */
  close(): void {
    this.channel.close('idle');
    this.channel.release();
  }

  private actOnChannel(name: (typeof CHANNEL_ACTIONS)[number]): void {
    switch (name) {
      case 'append':
        return this.append('TASK');
      case 'finish':
        return this.append('FINISHED');
      case 'trim':
        this.limits.channel_messages = 1;
        this.append('TASK');
        this.limits.channel_messages = MANY;
        this.log.startSeq = this.log.lines.length;
        return;
      case 'flush':
        this.isFlushed = true;
        return this.channel.flush();
      case 'write':
        return this.write();
      case 'restore':
        this.write();
        this.journal.close();
        return this.restore(true);
      case 'crash':
        return this.restore(false);
    }
  }

  private append(command: string): void {
    const taskId = `m${this.messages++}`;
    const entry = this.sequencer.sequence({ channelId: 'j', command, taskId }, this.channel);
    if (!entry) return;
    if (entry.epoch !== this.log.epoch) this.log = new SmallScopeLog(entry.epoch);
    this.channel.apply(entry);
    this.log.lines.push(STORED.encode(entry).slice(0, -1));
    this.isFlushed = this.isWritten = false;
  }

  private write(): void {
    this.journal.write(this.channel);
    this.written = this.log.retained > 0 ? this.log.copy() : undefined;
    this.isWritten = true;
  }

  // The next process has no connections.
  private restore(isGraceful: boolean): void {
    const { written } = this;
    for (const watcher of this.watchers) watcher.disconnect();
    this.channel.release();
    const before = this.channel.summary();
    const restored = this.journal.restore({
      createRestored: ({ channelId, epoch, seq }, snapshot) =>
        new Channel(
          { channelId, epoch, seq, predecessors: snapshot?.predecessors ?? [] },
          this.context,
          snapshot?.job,
        ),
      continueUnderNewEpoch: (channel) => channel.continueAs(this.sequencer.newEpoch()),
    });
    if (!restored !== !written) this.error = `restored ${restored?.epoch} instead of ${written?.epoch}`;
    this.channel = restored ?? this.createChannel();
    this.log = this.expectedLog(isGraceful);
    const after = this.channel.summary();
    if (isGraceful && written && (before.state !== after.state || before.messages !== after.messages))
      this.error = `${JSON.stringify(before)} was restored as ${JSON.stringify(after)}`;
    this.isFlushed = true;
    this.isWritten = false;
  }

  private expectedLog(isGraceful: boolean): SmallScopeLog {
    const { written, channel } = this;
    if (!written) return new SmallScopeLog(channel.epoch);
    const isContinued = !isGraceful && !written.finished;
    const log = isContinued ? written.continueAs(`e${this.epochs - 1}`) : written.copy();
    if (channel.epoch !== log.epoch) this.error = `restored as ${channel.epoch} instead of ${log.epoch}`;
    // A segment may have messages that were trimmed after they were written.
    if (channel.startSeq > written.startSeq) this.error = `number ${written.startSeq} was not restored`;
    log.startSeq = channel.startSeq;
    return log;
  }

  private problem(isFlushed: boolean): string | undefined {
    if (this.error) return this.error;
    for (const watcher of this.watchers) {
      const problem = watcher.problem(isFlushed);
      if (problem) return problem;
    }
    const { retained } = this.channel;
    return retained === this.log.retained
      ? undefined
      : `${retained} messages are retained instead of ${this.log.retained}`;
  }

  private createChannel(): Channel {
    return new Channel({ channelId: 'j', epoch: this.sequencer.newEpoch(), seq: 1 }, this.context);
  }
}
