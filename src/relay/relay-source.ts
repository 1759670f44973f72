import { Injectable } from '@nestjs/common';
import type { MessageSource, SourceStatus } from '../broker/message-source.js';
import { RelayService } from './relay.service.js';

/** The source of an edge: reads the messages that another process has taken. They go to the channels as whole logs. */
@Injectable()
export class RelaySource implements MessageSource {
  constructor(private readonly relay: RelayService) {}

  get status(): SourceStatus {
    const { isConnected, url, status } = this.relay;
    return { endpoint: isConnected ? url : null, peers: status.isLed ? 1 : 0 };
  }

  start(): Promise<void> {
    return this.relay.start();
  }

  stop(): Promise<void> {
    return this.relay.stop();
  }
}
