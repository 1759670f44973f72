import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { BodyReader } from './body-reader.js';
import { PublishingController } from './publishing.controller.js';
import { PublishingService } from './publishing.service.js';

@Module({
  imports: [ChannelsModule],
  controllers: [PublishingController],
  providers: [BodyReader, PublishingService],
  exports: [PublishingService],
})
export class PublishingModule {}
