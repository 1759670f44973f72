import type { QuotaReason } from './validate.js';

/** Limits of each sender, 0 for no limit, and how long its channels count. */
export interface QuotaRules {
  readonly messages_per_second: number;
  readonly channels: number;
  readonly bytes: number;
  /** Milliseconds that a channel counts after FINISHED. */
  readonly finished: number;
  /** Milliseconds that a channel counts after its last message. */
  readonly idle: number;
  /** Bytes at which the log of a channel is trimmed. */
  readonly channel_bytes: number;
  /** Channels of all senders that are remembered. Above this number the usage of the most silent sender is forgotten. */
  readonly remembered: number;
}

/** A message, as the quotas count it. */
export interface CountedMessage {
  readonly channelId: string;
  /** Estimated bytes in the log of the channel. */
  readonly bytes: number;
  /** Whether this message is FINISHED. */
  readonly finishes: boolean;
  /** Milliseconds. */
  readonly now: number;
}

/** A channel that counts for a sender. */
interface ChannelUse {
  bytes: number;
  usedAt: number;
}

/** Estimated bytes of a channel without messages, as `limits.total_bytes` counts them. */
const CHANNEL_BYTES = 3000;

/**
 * What one sender has used of its quotas. This class can't see the real channels, which live in the main thread. It
 * assumes that a channel lives for the retention times. A channel that was evicted earlier still counts.
 */
export class SenderUsage {
  /** Messages that the sender may send now. */
  private allowance: number;
  private allowanceAt: number;
  private bytes = 0;
  /** Channels that are not finished, and finished channels. Both from the least to the most recently used. */
  private readonly running = new Map<string, ChannelUse>();
  private readonly finished = new Map<string, ChannelUse>();

  constructor({ messages_per_second }: QuotaRules, now: number) {
    this.allowance = messages_per_second;
    this.allowanceAt = now;
  }

  /** The number of channels that count. */
  get channels(): number {
    return this.running.size + this.finished.size;
  }

  /** Counts a message, or returns the reason to reject it. The FINISHED of a running channel is never rejected. */
  take(message: CountedMessage, rules: QuotaRules): QuotaReason | undefined {
    const mustPass = message.finishes && this.running.has(message.channelId);
    const reason = this.takeAllowance(message.now, rules) ? this.exceeded(message, rules) : 'sender_rate';
    if (reason && !mustPass) return reason;
    this.add(message, rules);
    return undefined;
  }

  private takeAllowance(now: number, { messages_per_second }: QuotaRules): boolean {
    if (messages_per_second === 0) return true;
    const earned = ((now - this.allowanceAt) * messages_per_second) / 1000;
    this.allowance = Math.min(messages_per_second, this.allowance + earned);
    this.allowanceAt = now;
    if (this.allowance < 1) return false;
    this.allowance--;
    return true;
  }

  private exceeded(message: CountedMessage, rules: QuotaRules): QuotaReason | undefined {
    const reason = this.compare(message, rules);
    if (!reason) return undefined;
    this.expire(message.now, rules);
    return this.compare(message, rules);
  }

  private compare({ channelId, bytes }: CountedMessage, rules: QuotaRules): QuotaReason | undefined {
    const isNew = !this.running.has(channelId) && !this.finished.has(channelId);
    if (rules.channels > 0 && isNew && this.channels >= rules.channels) return 'sender_channels';
    const needed = bytes + (isNew ? CHANNEL_BYTES : 0);
    return rules.bytes > 0 && this.bytes + needed > rules.bytes ? 'sender_bytes' : undefined;
  }

  private add({ channelId, bytes, finishes, now }: CountedMessage, rules: QuotaRules): void {
    const use = this.running.get(channelId) ?? { bytes: CHANNEL_BYTES, usedAt: now };
    this.remove(this.running, channelId);
    // A message after FINISHED starts the channel with an empty log.
    this.remove(this.finished, channelId);
    use.bytes = Math.min(use.bytes + bytes, CHANNEL_BYTES + rules.channel_bytes);
    use.usedAt = now;
    this.bytes += use.bytes;
    (finishes ? this.finished : this.running).set(channelId, use);
  }

  private expire(now: number, { idle, finished }: QuotaRules): void {
    this.removeUntil(this.running, now - idle);
    this.removeUntil(this.finished, now - finished);
  }

  private removeUntil(channels: Map<string, ChannelUse>, time: number): void {
    for (const [channelId, { usedAt }] of channels) {
      if (usedAt > time) return;
      this.remove(channels, channelId);
    }
  }

  private remove(channels: Map<string, ChannelUse>, channelId: string): void {
    this.bytes -= channels.get(channelId)?.bytes ?? 0;
    channels.delete(channelId);
  }
}
