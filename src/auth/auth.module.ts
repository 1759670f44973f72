import { Module } from '@nestjs/common';
import { HttpModule } from '../http/http.module.js';
import { AuthenticationService } from './authentication.service.js';

/** Tokens of clients and operators. */
@Module({
  imports: [HttpModule],
  providers: [AuthenticationService],
  exports: [AuthenticationService],
})
export class AuthModule {}
