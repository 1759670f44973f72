import type { INestApplication } from '@nestjs/common';
import { AuthenticationService } from '../auth/authentication.service.js';
import { BrokerService } from '../broker/broker.service.js';
import { ChannelsService } from '../channels/channels.service.js';
import { ConnectionRegistry } from '../gateway/connection-registry.js';
import { HttpServers } from '../http/http-servers.js';
import { ReloadService } from '../reload/reload.service.js';

/** Registers the parts of the monitor that do more at a reload than to read their settings at the time of use. */
export function registerParts(app: INestApplication): void {
  const reload = app.get(ReloadService);
  const servers = app.get(HttpServers);
  const connections = app.get(ConnectionRegistry);
  const channels = app.get(ChannelsService);
  const broker = app.get(BrokerService);
  const authentication = app.get(AuthenticationService);
  // These settings would otherwise take effect with the next message or the next timer.
  reload.onReload('limits', () => {
    servers.applyLimits();
    connections.applyInterval();
    channels.applyLimits();
  });
  reload.onReload('auth', () => authentication.reload());
  reload.onReload('zeromq', () => broker.reload());
  reload.onReload('tls', async () => {
    const problems = await servers.certificates.reload();
    if (problems.length > 0)
      throw new Error(
        problems.map(({ key, expected, got }) => `${key}: expected ${expected}, got ${got}`).join('; '),
      );
  });
}
