import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { BrokerModule } from '../broker/broker.module.js';
import { GatewayModule } from '../gateway/gateway.module.js';
import { JournalModule } from '../journal/journal.module.js';
import { RelayModule } from '../relay/relay.module.js';
import { HealthController } from './health.controller.js';
import { RecentDelay } from './recent-delay.js';

@Module({
  // Terminus would log every failed probe as an error, although the orchestrator gets the response.
  imports: [
    TerminusModule.forRoot({ logger: false }),
    BrokerModule,
    GatewayModule,
    JournalModule,
    RelayModule,
  ],
  controllers: [HealthController],
  providers: [RecentDelay],
})
export class HealthModule {}
