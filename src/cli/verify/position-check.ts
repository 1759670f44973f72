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
    this.epoch = epoch;
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
    if (this.epoch !== undefined && parsePosition(position)?.epoch !== this.epoch) this.unannounced++;
    this.epoch = epoch;
  }

  private startOver(fromFirst: boolean): void {
    this.epoch = undefined;
    this.sequence = fromFirst ? new SequenceCheck() : undefined;
  }
}
