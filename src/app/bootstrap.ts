import type { INestApplication } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { limitsConfig } from '../config/namespaces.js';
import { Admission } from '../gateway/admission.js';
import { ProgressWsAdapter } from '../gateway/websocket/progress-ws.adapter.js';
import { HttpServers } from '../http/http-servers.js';
import { LISTENER_VERSIONING } from '../http/on-listener.js';
import { registerParts } from './register-parts.js';
import { LifecycleService } from './lifecycle.service.js';

/** Options for creating the application. A route that needs a request body reads it itself, with a limit. */
export const APP_OPTIONS = { bodyParser: false } as const;

/** Starts a created application. Rejects with an error for the operator when an address can't be bound. */
export async function startApp(app: INestApplication): Promise<void> {
  const limits = app.get<ConfigType<typeof limitsConfig>>(limitsConfig.KEY);
  app.getHttpAdapter().getInstance().disable('x-powered-by');
  app.useWebSocketAdapter(new ProgressWsAdapter(app, app.get(HttpServers), app.get(Admission), limits));
  app.enableVersioning(LISTENER_VERSIONING);
  await app.init();
  registerParts(app);
  await app.get(LifecycleService).start();
}
