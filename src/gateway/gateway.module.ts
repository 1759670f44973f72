import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { ProgressGateway } from './progress.gateway.js';
import { UpgradeController } from './upgrade.controller.js';

@Module({
  imports: [ChannelsModule],
  controllers: [UpgradeController],
  providers: [ProgressGateway],
  exports: [ProgressGateway],
})
export class GatewayModule {}
