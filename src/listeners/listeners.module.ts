import { Module } from '@nestjs/common';
import { Listeners } from './listeners.service.js';

@Module({ providers: [Listeners], exports: [Listeners] })
export class ListenersModule {}
