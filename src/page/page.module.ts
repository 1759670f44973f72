import { Module } from '@nestjs/common';
import { builtWeb } from './built-web.js';
import { ClientScript } from './client-script.js';
import { Page } from './page.js';

@Module({
  // The files are read while the daemon starts, so that a request only ever looks into a map.
  providers: [{ provide: Page, useFactory: () => new Page(builtWeb()) }, ClientScript],
  exports: [Page, ClientScript],
})
export class PageModule {}
