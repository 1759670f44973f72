import { Module } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { pageConfig } from '../config/namespaces.js';
import { builtWeb } from './built-web.js';
import { ClientScript } from './client-script.js';
import { Page } from './page.js';

@Module({
  // The files are read while the daemon starts, so that a request only ever looks into a map.
  providers: [
    {
      provide: Page,
      inject: [pageConfig.KEY],
      useFactory: ({ results_url }: ConfigType<typeof pageConfig>) => new Page(builtWeb(), results_url),
    },
    ClientScript,
  ],
  exports: [Page, ClientScript],
})
export class PageModule {}
