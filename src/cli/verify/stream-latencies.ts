/** Messages that come within this many milliseconds of each other have arrived together. */
const TOGETHER_MS = 5;

/** Values of one stream. A recording may be longer; later messages have no part in the percentiles. */
const MAX_VALUES = 1_000_000;

/** How long the messages of one stream, or of several streams, were on their way. In milliseconds. */
export class StreamLatencies {
  /** The latency of the first task. */
  first: number | undefined;
  /** The largest number of messages that arrived together. */
  burst = 0;
  private values: number[] = [];
  private sorted = true;
  private lastReceivedAt = Number.NEGATIVE_INFINITY;
  private together = 0;

  /** @param sentAt, receivedAt milliseconds since 1970 */
  add(sentAt: number, receivedAt: number): void {
    const latency = receivedAt - sentAt;
    this.first ??= latency;
    if (this.values.length < MAX_VALUES) this.values.push(latency);
    this.sorted = false;
    this.together = receivedAt - this.lastReceivedAt <= TOGETHER_MS ? this.together + 1 : 1;
    this.lastReceivedAt = receivedAt;
    this.burst = Math.max(this.burst, this.together);
  }

  /** Adds the latencies of another stream. `first` becomes the longer one. */
  merge(other: StreamLatencies): void {
    this.values = this.values.concat(other.values);
    this.sorted = false;
    this.burst = Math.max(this.burst, other.burst);
    if (other.first !== undefined) this.first = Math.max(this.first ?? other.first, other.first);
  }

  get count(): number {
    return this.values.length;
  }

  /** The latency that this share of the messages does not exceed. `undefined` without messages. @param share from 0 to 1 */
  percentile(share: number): number | undefined {
    if (!this.sorted) this.values.sort((a, b) => a - b);
    this.sorted = true;
    return this.values[Math.max(0, Math.ceil(share * this.values.length) - 1)];
  }
}
