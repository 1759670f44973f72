import { afterInput } from '../process/after-input.js';

/** Number of groups. The heartbeat visits one group at a time, which spreads the work over the interval. */
const GROUPS = 20;

/** A member of a `Heartbeat`. `beat` checks whether the client is alive. */
export interface Beating {
  beat(): void;
}

/** Calls `beat` of each member once per interval. The first call comes one interval after the member was added. */
export class Heartbeat<Member extends Beating> {
  private readonly groups = Array.from({ length: GROUPS }, () => new Set<Member>());
  private timer: NodeJS.Timeout;
  private current = 0;
  /** The interval with which the timer was started. */
  private scheduled = 0;

  /**
   * @param settings the interval in seconds, read at the time of use
   * @param onError gets an error of one member; the other members are visited
   */
  constructor(
    private readonly settings: { readonly interval: number },
    private readonly onError: (member: Member, error: unknown) => void,
  ) {
    this.timer = this.schedule();
  }

  add(member: Member): void {
    this.groups[this.current]!.add(member);
  }

  remove(member: Member): void {
    for (const group of this.groups) if (group.delete(member)) return;
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  /** Applies a changed interval now, instead of after the next group. */
  reschedule(): void {
    // Without this line, reloads in quick succession would postpone all heartbeats.
    if (this.settings.interval === this.scheduled) return;
    clearTimeout(this.timer);
    this.timer = this.schedule();
  }

  private schedule(): NodeJS.Timeout {
    this.scheduled = this.settings.interval;
    return setTimeout(
      () => {
        this.timer = this.schedule();
        afterInput(() => this.visitNextGroup());
      },
      (this.scheduled * 1000) / GROUPS,
    ).unref();
  }

  private visitNextGroup(): void {
    this.current = (this.current + 1) % GROUPS;
    for (const member of this.groups[this.current]!) this.visit(member);
  }

  private visit(member: Member): void {
    try {
      member.beat();
    } catch (error) {
      this.onError(member, error);
    }
  }
}
