import { Controller, Get, Res } from '@nestjs/common';
import type { Response } from 'express';
import { OnListener } from '../http/on-listener.js';
import { MetricsService } from './metrics.service.js';

/** The endpoint that Prometheus scrapes. */
@OnListener('admin')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: MetricsService) {}

  @Get()
  async scrape(@Res() response: Response): Promise<void> {
    const text = await this.metrics.text();
    response.set({ 'Content-Type': this.metrics.contentType, 'Cache-Control': 'no-store' }).send(text);
  }
}
