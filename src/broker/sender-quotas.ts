import { SenderUsage, type QuotaRules } from './sender-usage.js';
import { TEXT_FRAMES, type QuotaReason } from './validate.js';

/** Senders that are remembered. Above this number the usage of the most silent sender is forgotten. */
const MAX_SENDERS = 1000;

/** Estimated bytes of a message besides its texts: the punctuation of the stored form, and its place in the log. */
const MESSAGE_OVERHEAD = 80;

/** Milliseconds between two reports. */
const REPORT_INTERVAL = 1000;

const FINISHED = Buffer.from('FINISHED');

/**
 * Applies the quotas of each sender. The first frame of a message, the routing id, identifies the sender: libzmq gives a
 * different one to each connection, unless the peer has set its own.
 */
export class SenderQuotas {
  /** From the most silent sender to the one that sent last. */
  private readonly senders = new Map<string, SenderUsage>();
  private last: { readonly id: string; readonly usage: SenderUsage } | undefined;
  private remembered = 0;
  private reportedAt = -Infinity;

  /** @param onOverQuota is called at most once a second, with the reason and the name of the sender */
  constructor(
    private rules: QuotaRules,
    private readonly onOverQuota: (reason: QuotaReason, sender: string) => void,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Applies new limits. What senders have used so far still counts. */
  setRules(rules: QuotaRules): void {
    this.rules = rules;
  }

  /** Counts a valid message for its sender. Returns the reason to reject it, or undefined. */
  check(frames: readonly Buffer[]): QuotaReason | undefined {
    const { messages_per_second, channels, bytes } = this.rules;
    if (messages_per_second === 0 && channels === 0 && bytes === 0) return undefined;
    const usage = this.usageOf(frames[0]!.toString('latin1'));
    const before = usage.channels;
    const reason = usage.take(
      {
        channelId: frames[1]!.toString('latin1'),
        bytes: MESSAGE_OVERHEAD + textBytes(frames),
        finishes: frames[2]!.equals(FINISHED),
        now: this.clock(),
      },
      this.rules,
    );
    this.remembered += usage.channels - before;
    this.forgetSilentSenders();
    if (reason) this.report(reason, frames[0]!);
    return reason;
  }

  private report(reason: QuotaReason, id: Buffer): void {
    const now = this.clock();
    if (now - this.reportedAt < REPORT_INTERVAL) return;
    this.reportedAt = now;
    this.onOverQuota(reason, senderName(id));
  }

  private usageOf(id: string): SenderUsage {
    if (this.last?.id === id) return this.last.usage;
    const usage = this.senders.get(id) ?? new SenderUsage(this.rules, this.clock());
    this.senders.delete(id);
    this.senders.set(id, usage);
    this.last = { id, usage };
    return usage;
  }

  private forgetSilentSenders(): void {
    if (this.senders.size <= MAX_SENDERS && this.remembered <= this.rules.remembered) return;
    for (const [id, usage] of this.senders) {
      if (usage === this.last?.usage) return;
      this.senders.delete(id);
      this.remembered -= usage.channels;
      if (this.senders.size <= MAX_SENDERS && this.remembered <= this.rules.remembered) return;
    }
  }
}

/** The name of a sender in a log line: its routing id as text, or as hexadecimal digits when libzmq made the id. */
function senderName(id: Buffer): string {
  const text = id.toString('latin1');
  return /^[\x21-\x7e]+$/.test(text) ? text : `0x${id.toString('hex')}`;
}

function textBytes(frames: readonly Buffer[]): number {
  let bytes = 0;
  for (let i = 2; i < frames.length && i <= TEXT_FRAMES; i++) bytes += frames[i]!.length;
  return bytes;
}
