import { Controller, Get, Header, HttpCode, UseGuards } from '@nestjs/common';
import { PublicOnly } from '../listeners/listener.guard.js';

/** Tells whoever opens the monitor's address with plain HTTP what it speaks there. */
@Controller()
@UseGuards(PublicOnly)
export class UpgradeController {
  @Get()
  @Header('Upgrade', 'websocket')
  @Header('Connection', 'Upgrade')
  @Header('Content-Type', 'text/plain')
  @HttpCode(426)
  root(): string {
    return 'This is a WebSocket server: connect with a WebSocket to /channels/<id>.\n';
  }
}
