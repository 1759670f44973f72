import type { ChannelCounters } from './channel-counters.js';

/**
 * Identifies one request of a producer, as the Durable Streams protocol defines it. A channel keeps the stamp of the
 * last accepted request of each producer. A stamp is plain data, so a journal can store it with the channel.
 */
export interface ProducerStamp {
  /** Names the producer. The producer chooses it and keeps it over restarts. */
  readonly id: string;
  /** The session of the producer. A restarted producer uses a higher epoch. */
  readonly epoch: number;
  /** Counts the requests of an epoch from 0. */
  readonly seq: number;
}

/** Whether a channel accepts a request of a producer. */
export type ProducerDecision =
  /** The request is the next one. */
  | { readonly kind: 'accepted' }
  /** The channel has accepted this request before. `last` is the newest accepted request. */
  | { readonly kind: 'repeated'; readonly last: ProducerStamp }
  /** Requests before this one are missing. */
  | { readonly kind: 'gap'; readonly expectedSeq: number }
  /** The producer has started a higher epoch. */
  | { readonly kind: 'stale_epoch'; readonly epoch: number }
  /** The first request of an epoch has a `seq` other than 0. */
  | { readonly kind: 'epoch_not_at_start' };

/** Producers that a channel remembers. When another one comes, the one that has been silent longest leaves. */
export const PRODUCERS_PER_CHANNEL = 100;

/** Bytes of a producer in memory without its id: an object, two numbers, an entry of a map. */
const PRODUCER_OVERHEAD = 150;

const ACCEPTED: ProducerDecision = { kind: 'accepted' };

/** The last accepted request of each producer of a channel. */
export class Producers {
  /** Bytes in memory. */
  bytes = 0;
  /** Requests recorded since the channel exists. */
  recorded = 0;
  // Ordered by the time of the last accepted request.
  private readonly stamps = new Map<string, ProducerStamp>();

  constructor(private readonly counters: Pick<ChannelCounters, 'producers' | 'evictedProducers'>) {}

  /** Decides about a request without changing anything. */
  decide(request: ProducerStamp): ProducerDecision {
    return decideAfter(this.stamps.get(request.id), request);
  }

  /** Records an accepted request. */
  record(request: ProducerStamp): void {
    this.remove(request.id);
    if (this.stamps.size >= PRODUCERS_PER_CHANNEL) {
      this.remove(this.stamps.keys().next().value!);
      this.counters.evictedProducers++;
    }
    this.recorded++;
    this.stamps.set(request.id, request);
    this.bytes += PRODUCER_OVERHEAD + request.id.length;
    this.counters.producers++;
  }

  /** The last accepted requests, longest ago first. Recording them in this order restores the producers. */
  [Symbol.iterator](): Iterator<ProducerStamp> {
    return this.stamps.values();
  }

  /** The producers of the newest `count` requests, in the same order. */
  newest(count: number): ProducerStamp[] {
    return [...this.stamps.values()].slice(-count);
  }

  /** Forgets all producers, because the channel is removed. */
  clear(): void {
    for (const id of this.stamps.keys()) this.remove(id);
  }

  private remove(id: string): void {
    if (!this.stamps.delete(id)) return;
    this.bytes -= PRODUCER_OVERHEAD + id.length;
    this.counters.producers--;
  }
}

/** Decides about a request of a producer, after its last accepted request. */
export function decideAfter(
  last: ProducerStamp | undefined,
  { epoch, seq }: ProducerStamp,
): ProducerDecision {
  if (!last) return seq === 0 ? ACCEPTED : { kind: 'gap', expectedSeq: 0 };
  if (epoch < last.epoch) return { kind: 'stale_epoch', epoch: last.epoch };
  if (epoch > last.epoch) return seq === 0 ? ACCEPTED : { kind: 'epoch_not_at_start' };
  if (seq <= last.seq) return { kind: 'repeated', last };
  return seq === last.seq + 1 ? ACCEPTED : { kind: 'gap', expectedSeq: last.seq + 1 };
}
