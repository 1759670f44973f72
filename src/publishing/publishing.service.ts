import { Inject, Injectable, Logger } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { ChannelsService } from '../channels/channels.service.js';
import type { ProducerStamp } from '../channels/producers.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import type { BrokerEvents } from '../messages/broker-events.js';
import { PROGRESS, type ProgressMessage } from '../messages/progress-message.js';
import { refusalOf } from './producer-headers.js';
import { PublishCounters } from './publish-counters.js';
import { PublishRefused } from './publish-refused.js';

/** Seconds after which a producer tries again at the next process. */
const RETRY_AFTER = 2;

/** The messages of one request. */
export interface PublishRequest {
  readonly channelId: string;
  /** Valid messages of this channel, at least one. */
  readonly messages: readonly ProgressMessage[];
  /** `undefined`: a repetition of the request is appended again. */
  readonly producer: ProducerStamp | undefined;
}

/** The result of an accepted request. */
export type PublishAnswer =
  /** `position` is the position of the last message. */
  | { readonly kind: 'appended'; readonly position: string }
  /** The messages were appended before. `last` is the newest request of the producer. */
  | { readonly kind: 'repeated'; readonly last: ProducerStamp };

/** Publishes messages that came over HTTP: they take the way of the messages of the broker. */
@Injectable()
export class PublishingService {
  /** Only `src/publishing` writes these counters. */
  readonly counters = new PublishCounters();
  private readonly refusals = new ThrottledWarning(
    new Logger(PublishingService.name),
    'Refused to publish messages',
  );
  private isOpen = false;

  constructor(
    private readonly channels: ChannelsService,
    @Inject(EventEmitter2) private readonly events: BrokerEvents,
  ) {}

  open(): void {
    this.isOpen = true;
  }

  /** Refuses all messages from now on: they would end with this process, but the producer still has them. */
  close(): void {
    this.isOpen = false;
  }

  /** Throws `PublishRefused` while the monitor starts or shuts down. */
  requireOpen(): void {
    if (this.isOpen) return;
    throw new PublishRefused(
      'closing',
      'The monitor restarts, or another process takes the messages: try again',
      {
        'Retry-After': String(RETRY_AFTER),
        // Behind a load balancer, the next connection may lead to the process that takes messages.
        Connection: 'close',
      },
    );
  }

  /**
   * Appends the messages to their channel, unless the request is a repetition. Throws `PublishRefused` when the request
   * is not the next one of its producer. Decides and appends in one turn, so no other request comes in between.
   */
  publish({ channelId, messages, producer }: PublishRequest): PublishAnswer {
    this.requireOpen();
    if (producer) {
      const decision = this.channels.producerDecision(channelId, producer);
      if (decision.kind === 'repeated') return this.count(decision);
      if (decision.kind !== 'accepted') throw refusalOf(decision, producer);
    }
    const receivedAt = performance.now();
    for (const message of messages) this.events.emit(PROGRESS, message, receivedAt);
    if (producer) this.channels.recordProducer(channelId, producer);
    this.counters.messages += messages.length;
    return this.count({ kind: 'appended', position: this.channels.summary(channelId)!.position });
  }

  /** Counts and logs a refused request. */
  refused({ reason }: PublishRefused): void {
    const refused = ++this.counters.requests[reason];
    // A producer that meets a restart is no news.
    if (reason !== 'closing') this.refusals.warn({ reason, refused });
  }

  private count(result: PublishAnswer): PublishAnswer {
    this.counters.requests[result.kind]++;
    return result;
  }
}
