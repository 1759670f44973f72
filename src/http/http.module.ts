import { Module } from '@nestjs/common';
import { AddressLimits } from './addresses/address-limits.js';
import { Arrivals } from './addresses/arrivals.js';
import { CertificateService } from './certificate.service.js';
import { HttpServers } from './http-servers.js';
import { OriginPolicy } from './origin-policy.js';

@Module({
  providers: [AddressLimits, Arrivals, CertificateService, HttpServers, OriginPolicy],
  exports: [AddressLimits, Arrivals, HttpServers, OriginPolicy],
})
export class HttpModule {}
