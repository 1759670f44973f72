import { Module } from '@nestjs/common';
import { Listeners } from './http-servers.service.js';

@Module({ providers: [Listeners], exports: [Listeners] })
export class ListenersModule {}
