import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { JournalService } from './journal.service.js';

@Module({ imports: [ChannelsModule], providers: [JournalService], exports: [JournalService] })
export class JournalModule {}
