import { Module } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Settings } from '../config/settings.js';
import { builtWeb } from './built-web.js';
import { ClientScript } from './client-script.js';
import { Page } from './page.js';

@Module({
  // The files are read while the daemon starts, so that a request only ever looks into a map.
  providers: [
    {
      provide: Page,
      inject: [ConfigService],
      useFactory: (config: ConfigService<Settings, true>) =>
        new Page(builtWeb(), config.get('page.results_url', { infer: true })),
    },
    ClientScript,
  ],
  exports: [Page, ClientScript],
})
export class PageModule {}
