import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { HttpServers } from './http-servers.js';
import { ListenerGuard } from './on-listener.js';

@Module({
  providers: [HttpServers, { provide: APP_GUARD, useClass: ListenerGuard }],
  exports: [HttpServers],
})
export class HttpModule {}
