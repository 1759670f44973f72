import { CHAIN_START, hashLink, type ChainLink } from './chain-link.js';

/** Checks the hashes of the links of one job. */
export class ChainCheck {
  /** Links that do not fit the link before them. */
  altered = 0;
  private lastTask = 0;
  /** The hash of the last task. After an altered link it is unknown, so the next link can't be checked. */
  private hash: string | undefined = CHAIN_START;

  /** @param state the task state of the same message */
  add(link: ChainLink, state: string): void {
    if (link.task <= this.lastTask) return;
    const isKnown = this.hash !== undefined && link.task === this.lastTask + 1;
    const isAltered = isKnown && hashLink(this.hash!, link, state) !== link.hash;
    if (isAltered) this.altered++;
    this.lastTask = link.task;
    this.hash = isAltered ? undefined : link.hash;
  }

  /** The job starts over with any link. */
  startOver(): void {
    this.lastTask = 0;
    this.hash = CHAIN_START;
  }
}
