import { Controller, Get } from '@nestjs/common';
import { OnListener } from '../http/on-listener.js';
import { SAMPLE_INTERVAL, StatusSampler } from './status-sampler.js';
import { StatusService } from './status.service.js';

/** The state of the monitor, now and in the last 15 minutes. */
@OnListener('admin')
@Controller()
export class StatusController {
  constructor(
    private readonly status: StatusService,
    private readonly sampler: StatusSampler,
  ) {}

  @Get('status')
  report() {
    return this.status.report();
  }

  @Get('history')
  history() {
    return { interval: SAMPLE_INTERVAL, samples: this.sampler.history.read() };
  }
}
