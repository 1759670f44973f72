import { Module } from '@nestjs/common';
import { DashboardController } from './dashboard.controller.js';
import { DashboardPage } from './dashboard-page.js';

@Module({
  controllers: [DashboardController],
  // The files are read while the daemon starts, so that requests read no files.
  providers: [{ provide: DashboardPage, useFactory: () => new DashboardPage() }],
})
export class DashboardModule {}
