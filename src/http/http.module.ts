import { Module } from '@nestjs/common';
import { CertificateService } from './certificate.service.js';
import { HttpServers } from './http-servers.js';

@Module({
  providers: [CertificateService, HttpServers],
  exports: [HttpServers],
})
export class HttpModule {}
