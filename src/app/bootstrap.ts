import type { INestApplication } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { limitsConfig } from '../config/namespaces.js';
import { ProgressWsAdapter } from '../gateway/websocket/progress-ws.adapter.js';
import { ConnectionRegistry } from '../gateway/connection-registry.js';
import { HttpServers } from '../http/http-servers.js';

/** Options for creating the application; nothing that it serves has a request body. */
export const APP_OPTIONS = { bodyParser: false } as const;

/** Brings a created application up: the ROUTER first, then the listeners. Throws when an address can't be had. */
export async function startApp(app: INestApplication): Promise<HttpServers> {
  const listeners = app.get(HttpServers);
  const limits = app.get<ConfigType<typeof limitsConfig>>(limitsConfig.KEY);
  app.getHttpAdapter().getInstance().disable('x-powered-by');
  app.useWebSocketAdapter(new ProgressWsAdapter(app, listeners, app.get(ConnectionRegistry), limits));
  await app.init();
  await listeners.listen();
  return listeners;
}
