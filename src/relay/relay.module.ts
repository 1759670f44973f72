import { Global, Module } from '@nestjs/common';
import { EDGE_SOURCE } from '../broker/message-source.js';
import { ChannelsModule } from '../channels/channels.module.js';
import { RelayService } from './relay.service.js';
import { RelaySource } from './relay-source.js';

// Global, because the broker module uses the source of an edge without knowing the relay.
@Global()
@Module({
  imports: [ChannelsModule],
  providers: [RelayService, { provide: EDGE_SOURCE, useClass: RelaySource }],
  exports: [RelayService, EDGE_SOURCE],
})
export class RelayModule {}
