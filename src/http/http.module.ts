import { Module } from '@nestjs/common';
import { HttpServers } from './http-servers.js';

@Module({
  providers: [HttpServers],
  exports: [HttpServers],
})
export class HttpModule {}
