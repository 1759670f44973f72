import type { INestApplication } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Settings } from '../config/settings.js';
import { ProgressWsAdapter } from '../gateway/websocket/progress-ws.adapter.js';
import { Watchers } from '../gateway/connection-registry.service.js';
import { Listeners } from '../http/http-servers.service.js';

/** Options for creating the application; nothing that it serves has a request body. */
export const APP_OPTIONS = { bodyParser: false } as const;

/** Brings a created application up: the ROUTER first, then the listeners. Throws when an address can't be had. */
export async function startApp(app: INestApplication): Promise<Listeners> {
  const listeners = app.get(Listeners);
  const config = app.get<ConfigService<Settings, true>>(ConfigService);
  const limits = config.get('limits', { infer: true });
  app.getHttpAdapter().getInstance().disable('x-powered-by');
  app.useWebSocketAdapter(new ProgressWsAdapter(app, listeners, app.get(Watchers), limits));
  await app.init();
  await listeners.listen();
  return listeners;
}
