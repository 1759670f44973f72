import { Controller, Post, Res, ServiceUnavailableException, UseGuards } from '@nestjs/common';
import type { Response } from 'express';
import { OnListener } from '../http/on-listener.js';
import { SameOriginGuard } from '../http/same-origin.guard.js';
import { ReloadRefusedError } from '../reload/reload-refused-error.js';
import type { ReloadReport } from '../reload/reload-report.js';
import { ReloadService } from '../reload/reload.service.js';

/** Seconds after which a refused operator tries again. */
const RETRY_AFTER = 2;

/** Reads the configuration again. The path is that of Prometheus and Alertmanager. */
@OnListener('admin')
@Controller('-')
@UseGuards(SameOriginGuard)
export class ReloadController {
  constructor(private readonly reloads: ReloadService) {}

  @Post('reload')
  async reload(@Res({ passthrough: true }) response: Response): Promise<ReloadReport> {
    try {
      const report = await this.reloads.reload('POST /-/reload');
      // An error status, so that `curl --fail` fails.
      response.status(report.successful ? 200 : 422);
      return report;
    } catch (error) {
      if (!(error instanceof ReloadRefusedError)) throw error;
      response.set('Retry-After', String(RETRY_AFTER));
      throw new ServiceUnavailableException(error.message);
    }
  }
}
