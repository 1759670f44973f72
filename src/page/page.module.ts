import { Module } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { APP_FILTER } from '@nestjs/core';
import { pageConfig } from '../config/namespaces.js';
import { AssetsController } from './assets.controller.js';
import { builtWeb } from './built-web.js';
import { ClientScript } from './client-script.js';
import { NotFoundFilter } from './not-found.filter.js';
import { Page } from './page.js';

@Module({
  controllers: [AssetsController],
  // The files are read while the daemon starts, so that requests read no files.
  providers: [
    {
      provide: Page,
      inject: [pageConfig.KEY],
      useFactory: (settings: ConfigType<typeof pageConfig>) => new Page(builtWeb(), settings),
    },
    ClientScript,
    { provide: APP_FILTER, useClass: NotFoundFilter },
  ],
  exports: [Page],
})
export class PageModule {}
