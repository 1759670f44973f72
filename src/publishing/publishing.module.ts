import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { RelayModule } from '../relay/relay.module.js';
import { BodyReader } from './body-reader.js';
import { PublishingController } from './publishing.controller.js';
import { PublishingService } from './publishing.service.js';

@Module({
  imports: [ChannelsModule, RelayModule],
  controllers: [PublishingController],
  providers: [BodyReader, PublishingService],
  exports: [PublishingService],
})
export class PublishingModule {}
