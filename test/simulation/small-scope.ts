import { ChannelCounters } from '../../src/channels/channel-counters.js';
import { Channel, type ChannelContext } from '../../src/channels/channel.js';
import { EncodingCache } from '../../src/channels/encoding-cache.js';
import { Sequencer } from '../../src/channels/sequencer.js';
import type { StoredEncoder } from '../../src/messages/encoder.js';
import type { LogEntry } from '../../src/messages/log-entry.js';
import { SmallScopeWatcher } from './small-scope-watcher.js';

const CHANNEL_ACTIONS = ['append', 'flush', 'trim', 'finish', 'restore'] as const;
const WATCHER_ACTIONS = ['join', 'leave', 'stall', 'drain'] as const;

/** An action of the channel, or of one of the two watchers. */
export type SmallScopeAction =
  (typeof CHANNEL_ACTIONS)[number] | `${(typeof WATCHER_ACTIONS)[number]} ${0 | 1}`;

/** Writes `<epoch>-<seq> <command>` and a newline. */
const STORED: StoredEncoder = {
  encode: ({ epoch, seq, message }) => `${epoch}-${seq} ${message.command}\n`,
  endOf: (bytes, start) => bytes.indexOf('\n', start) + 1,
  decode: (bytes, start, end) => ({
    command: bytes.toString('latin1', bytes.indexOf(' ', start) + 1, end - 1),
  }),
};

const MANY = 1_000_000;

/** A real `Channel` with two watchers: one reads the stored encoding, one reads a second encoding. */
export class SmallScope {
  /** All entries since the start, as lines. */
  readonly lines: string[] = [];
  readonly watchers = [
    new SmallScopeWatcher(STORED),
    new SmallScopeWatcher({ encode: (entry) => STORED.encode(entry) }),
  ] as const;
  private readonly limits = { channel_messages: MANY, channel_bytes: MANY, lag: MANY };
  private readonly context: ChannelContext = {
    limits: this.limits,
    encodings: new EncodingCache(MANY),
    storedEncoder: STORED,
    counters: new ChannelCounters(),
    audienceChanged: () => {},
    subscriptionFailed: () => {},
  };
  private epochs = 0;
  private readonly sequencer = new Sequencer(
    () => 0,
    () => `e${this.epochs++}`,
  );
  private channel = this.createChannel(this.sequencer.newEpoch(), 1);
  /** The entries of the current log that are retained. */
  private entries: LogEntry[] = [];

  /** The actions that do something now. Any other action would change nothing. */
  get actions(): SmallScopeAction[] {
    const ofWatchers = this.watchers.flatMap((watcher, index) =>
      watcher.actions.map((action): SmallScopeAction => `${action} ${index as 0 | 1}`),
    );
    return [...CHANNEL_ACTIONS, ...ofWatchers];
  }

  /** Does one action. Returns what is wrong afterwards. */
  act(action: SmallScopeAction): string | undefined {
    const [name, index] = action.split(' ');
    if (index !== undefined) this.watchers[Number(index) as 0 | 1].act(name!, this.channel);
    else this.actOnChannel(name!);
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

  private actOnChannel(name: string): void {
    switch (name) {
      case 'append':
        return this.append(`m${this.lines.length}`);
      case 'finish':
        return this.append('FINISHED');
      case 'trim':
        this.limits.channel_messages = 1;
        this.append(`m${this.lines.length}`);
        this.limits.channel_messages = MANY;
        this.entries = this.entries.slice(-1);
        return;
      case 'flush':
        return this.channel.flush();
      default:
        return this.restore();
    }
  }

  private append(command: string): void {
    const entry = this.sequencer.sequence({ channelId: 'j', command }, this.channel);
    if (!entry) return;
    if (entry.epoch !== this.channel.epoch) this.entries = [];
    this.channel.apply(entry);
    this.entries.push(entry);
    this.lines.push(STORED.encode(entry).slice(0, -1));
  }

  // The next process has the retained entries, and no connections.
  private restore(): void {
    for (const watcher of this.watchers) watcher.disconnect();
    this.channel.release();
    const first = this.entries[0];
    this.channel = this.createChannel(first?.epoch ?? this.sequencer.newEpoch(), first?.seq ?? 1);
    for (const entry of this.entries) this.channel.apply(entry);
  }

  private problem(isFlushed: boolean): string | undefined {
    const last = this.entries.at(-1);
    const end = last && STORED.encode(last).slice(0, -1);
    for (const watcher of this.watchers) {
      const problem = watcher.problem(this.lines, isFlushed ? end : undefined);
      if (problem) return problem;
    }
    if (this.channel.retained !== this.entries.length)
      return `${this.channel.retained} messages are retained instead of ${this.entries.length}`;
    return undefined;
  }

  private createChannel(epoch: string, seq: number): Channel {
    return new Channel({ channelId: 'j', epoch, seq }, this.context);
  }
}
