import type { INestApplication } from '@nestjs/common';
import { ChannelsService } from '../channels/channels.service.js';
import { ConnectionRegistry } from '../gateway/connection-registry.js';
import { HttpServers } from '../http/http-servers.js';
import { ReloadService } from '../reload/reload.service.js';

/** Applies, at each reload, the settings that otherwise take effect with the next message or the next timer. */
export function applyLimitsOnReload(app: INestApplication): void {
  const servers = app.get(HttpServers);
  const connections = app.get(ConnectionRegistry);
  const channels = app.get(ChannelsService);
  app.get(ReloadService).onReload('limits', () => {
    servers.applyLimits();
    connections.applyInterval();
    channels.applyLimits();
  });
}
