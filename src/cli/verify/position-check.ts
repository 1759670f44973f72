import { parsePosition, type Position } from '../../messages/position.js';
import { SequenceCheck } from './sequence-check.js';

/** Checks the positions of one stream: within an epoch they count up without gaps. */
export class PositionCheck {
  repeated = 0;
  late = 0;
  /** Changes of the epoch that the stream did not announce. */
  unannounced = 0;
  /** The stream has positions. The legacy protocol has none. */
  isUsed = false;
  private epoch: string | undefined;
  /** The epoch of the last message. A stream resumes there, although it was told a newer epoch. */
  private messageEpoch: string | undefined;
  /** Undefined until the first message of a list that may start at any position. */
  private sequence: SequenceCheck | undefined;

  /** @param fromStart the stream delivers the log from its first message */
  constructor(private readonly fromStart: boolean) {
    this.startOver(fromStart);
  }

  /** Missing messages since the last reset. */
  get lost(): number {
    return this.sequence?.lost ?? 0;
  }

  add({ epoch, seq }: Position): void {
    if (this.epoch !== undefined && epoch !== this.epoch) {
      this.unannounced++;
      this.startOver(true);
    }
    this.isUsed = true;
    this.epoch = this.messageEpoch = epoch;
    this.sequence ??= new SequenceCheck(seq);
    const place = this.sequence.add(seq);
    if (place === 'repeated') this.repeated++;
    else if (place === 'late') this.late++;
  }

  /** The stream starts over. */
  reset(reason: string): void {
    this.startOver(this.fromStart && !reason.includes('trimmed'));
  }

  /** The log continues under a new epoch. @param position a position of the old epoch */
  continue(position: string, epoch: string): void {
    const before = parsePosition(position)?.epoch;
    // Without a message in between, a new connection gets the same continuation again, or one from an older epoch.
    const isExpected = epoch === this.epoch || before === this.epoch || before === this.messageEpoch;
    if (this.epoch !== undefined && !isExpected) this.unannounced++;
    this.epoch = epoch;
  }

  private startOver(fromFirst: boolean): void {
    this.epoch = this.messageEpoch = undefined;
    this.sequence = fromFirst ? new SequenceCheck() : undefined;
  }
}
