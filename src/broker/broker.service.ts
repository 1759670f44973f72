import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { BrokerCounters } from './broker-counters.js';
import { MESSAGE_SOURCE, type MessageSink, type MessageSource } from './message-source.js';
import { isQuotaReason, type RejectReason } from './validate.js';
import { zeromqConfig } from '../config/namespaces.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';
import { EXIT_REQUESTED, type BrokerEvents } from '../messages/broker-events.js';
import { PROGRESS, type ProgressMessage } from '../messages/progress-message.js';
import { errorText } from '../text/error-text.js';

/** Emits each message of the source as an event. Counts and logs rejected messages. */
@Injectable()
export class BrokerService implements MessageSink {
  private readonly logger = new Logger(BrokerService.name);
  private readonly rejections = new ThrottledWarning(this.logger, 'Rejected a message from the broker');
  private readonly failures = new ThrottledWarning(this.logger, 'Processing a broker message failed');

  constructor(
    @Inject(MESSAGE_SOURCE) private readonly source: MessageSource,
    @Inject(zeromqConfig.KEY) private readonly zeromq: ConfigType<typeof zeromqConfig>,
    @Inject(EventEmitter2) private readonly events: BrokerEvents,
    /** Only `src/broker` writes these counters. */
    readonly counters: BrokerCounters,
  ) {}

  /** Starts the source; see `MessageSource.start`. Register event listeners before this call. */
  async start(): Promise<void> {
    await this.source.start(this);
  }

  /** Stops the source; see `MessageSource.stop`. All received messages are emitted before the promise resolves. */
  async stop(): Promise<void> {
    const wasOpen = this.source.status.endpoint !== null;
    await this.source.stop();
    if (!wasOpen) return;
    const { received, rejected, exitRequestsIgnored } = this.counters;
    this.logger.log({
      message: 'Stopped listening for the broker',
      received,
      ...rejected,
      remote_exit: exitRequestsIgnored,
    });
  }

  /** Applies changed settings to the source; see `MessageSource.reload`. */
  reload(): void {
    this.source.reload?.();
  }

  message(message: ProgressMessage, receivedAt: number): void {
    this.counters.received++;
    try {
      this.events.emit(PROGRESS, message, receivedAt);
    } catch (error) {
      this.failures.warn({ reason: errorText(error) });
    }
  }

  rejected(reason: RejectReason): void {
    this.counters.received++;
    const rejected = ++this.counters.rejected[reason];
    // The source logs quotas, because it knows the sender.
    if (!isQuotaReason(reason)) this.rejections.warn({ reason, rejected });
  }

  exitRequested(): void {
    this.counters.received++;
    if (this.zeromq.remote_exit) this.exit();
    else
      this.rejections.warn({
        reason: 'remote_exit',
        hint: 'zeromq.remote_exit is false',
        rejected: ++this.counters.exitRequestsIgnored,
      });
  }

  private exit(): void {
    this.logger.warn('Exit requested over ZeroMQ');
    try {
      this.events.emit(EXIT_REQUESTED);
    } catch (error) {
      this.failures.warn({ reason: errorText(error) });
    }
  }
}
