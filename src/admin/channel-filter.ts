import type { ChannelCounters } from '../channels/channel-counters.js';
import type { Channel } from '../channels/channel.js';
import type { ChannelState } from '../channels/job-summary.js';

/** Selects channels by the state of their job and by the beginning of their id. */
export class ChannelFilter {
  private readonly states: ReadonlySet<ChannelState>;

  /**
   * @param states an empty list stands for all states
   * @param prefix the beginning of the id
   */
  constructor(
    states: readonly ChannelState[],
    private readonly prefix: string,
  ) {
    this.states = new Set(states);
  }

  matches({ id, state }: Channel): boolean {
    return (this.states.size === 0 || this.states.has(state)) && id.startsWith(this.prefix);
  }

  /** The number of channels that match, if the counters tell it; `undefined` if each channel must be looked at. */
  countFrom({ states }: ChannelCounters): number | undefined {
    if (this.prefix !== '') return undefined;
    const counted = Object.entries(states).filter(
      ([state]) => this.states.size === 0 || this.states.has(state as ChannelState),
    );
    return counted.reduce((sum, [, count]) => sum + count, 0);
  }
}
