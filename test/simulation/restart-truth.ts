import type { ChannelSummary } from '../../src/channels/channel-summary.js';
import type { Truth } from './truth.js';

/** A message that a crash must not lose. */
interface SecuredMessage {
  readonly name: string;
  /** When it arrived, in milliseconds since 1970. */
  readonly time: number;
}

/** What the next process must restore from its journal. */
export class RestartTruth {
  /** The channels at the end of the last process, if it stopped gracefully. */
  private remembered: readonly ChannelSummary[] = [];
  /** The channels that this process must restore. */
  private expected: readonly ChannelSummary[] = [];
  /** The messages that a crash must not lose, by their channels. */
  private readonly secured = new Map<string, SecuredMessage>();

  constructor(private readonly truth: Pick<Truth, 'byName' | 'fail'>) {}

  startProcess(): void {
    this.expected = this.remembered;
    this.remembered = [];
  }

  /** The process crashes. It has written these messages of a channel so long ago that they must survive. */
  secure(channel: string, message: SecuredMessage): void {
    this.secured.set(channel, message);
  }

  /** A crash may lose all messages that were secured before. */
  releaseSecured(): void {
    this.secured.clear();
  }

  /** After a crash, the next process must have all secured messages. @param mayLack the channel was removed since */
  checkSecured(
    lastNameOf: (channel: string) => string | undefined,
    mayLack: (message: SecuredMessage) => boolean,
  ): void {
    for (const [channel, message] of this.secured) {
      const last = this.truth.byName(lastNameOf(channel));
      if (last ? last.order < this.truth.byName(message.name)!.order : !mayLack(message))
        this.truth.fail(`${message.name} was written long before the crash, and was not restored`);
    }
    this.secured.clear();
  }

  /** The channels when a process stops gracefully. */
  remember(summaries: readonly ChannelSummary[]): void {
    this.remembered = summaries;
  }

  /** After a graceful stop, the next process must have the same channels, except for expired ones. */
  checkRemembered(
    isGraceful: boolean,
    isExpired: (summary: ChannelSummary) => boolean,
    summaryOf: (id: string) => ChannelSummary | undefined,
  ): void {
    if (!isGraceful && this.expected.length > 0) this.truth.fail('a graceful stop counts as a crash');
    for (const before of this.expected) {
      if (isExpired(before)) continue;
      const after = summaryOf(before.id);
      if (!after) return this.truth.fail(`${before.id} was not restored after a graceful stop`);
      const [one, other] = [before, after].map((summary) => JSON.stringify({ ...summary, subscribers: 0 }));
      if (one !== other) this.truth.fail(`${one} was restored as ${other}`);
    }
  }
}
