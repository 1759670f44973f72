import { Module } from '@nestjs/common';
import { BrokerCounters } from './broker-counters.js';
import { BrokerService } from './broker.service.js';
import { MESSAGE_SOURCE } from './message-source.js';
import { ZeromqSource } from './zeromq-source.js';

@Module({
  providers: [BrokerCounters, BrokerService, { provide: MESSAGE_SOURCE, useClass: ZeromqSource }],
  exports: [BrokerService, MESSAGE_SOURCE],
})
export class BrokerModule {}
