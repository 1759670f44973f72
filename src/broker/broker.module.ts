import { Module } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { relayConfig } from '../config/namespaces.js';
import { BrokerCounters } from './broker-counters.js';
import { BrokerService } from './broker.service.js';
import { EDGE_SOURCE, MESSAGE_SOURCE, type MessageSource } from './message-source.js';
import { ZeromqSource } from './zeromq-source.js';

@Module({
  providers: [
    BrokerCounters,
    BrokerService,
    ZeromqSource,
    {
      provide: MESSAGE_SOURCE,
      inject: [relayConfig.KEY, ZeromqSource, { token: EDGE_SOURCE, optional: true }],
      useFactory: (
        { url, role }: ConfigType<typeof relayConfig>,
        zeromq: MessageSource,
        edge?: MessageSource,
      ): MessageSource => (url !== null && role === 'edge' && edge ? edge : zeromq),
    },
  ],
  exports: [BrokerService, MESSAGE_SOURCE],
})
export class BrokerModule {}
