import { afterInput } from '../process/after-input.js';

/** How many groups the members are visited in, so that the work is spread over the interval. */
const GROUPS = 20;

/** Calls `beat` of each member once an interval (seconds), the first time an interval after it was added. */
export class Heartbeat {
  private readonly groups = Array.from({ length: GROUPS }, () => new Set<{ beat(): void }>());
  private readonly timer: NodeJS.Timeout;
  private current = 0;

  constructor({ interval }: { readonly interval: number }) {
    this.timer = setInterval(() => afterInput(() => this.turn()), (interval * 1000) / GROUPS).unref();
  }

  add(member: { beat(): void }): void {
    this.groups[this.current]!.add(member);
  }

  remove(member: { beat(): void }): void {
    for (const group of this.groups) if (group.delete(member)) return;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private turn(): void {
    this.current = (this.current + 1) % GROUPS;
    for (const member of this.groups[this.current]!) member.beat();
  }
}
