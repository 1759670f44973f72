import { setImmediate } from 'node:timers/promises';
import { Controller, Get } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { BrokerService } from '../broker/broker.service.js';
import type { Settings } from '../config/settings.js';
import { HttpServers } from '../http/http-servers.js';

/** The two probes of an orchestrator, on both listeners: 200 or 503, with the reasons as JSON. */
@Controller('health')
export class HealthController {
  private readonly requireBroker: boolean;

  constructor(
    config: ConfigService<Settings, true>,
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly open: HttpServers,
    private readonly broker: BrokerService,
  ) {
    this.requireBroker = config.get('health.require_broker', { infer: true });
  }

  /** The event loop turns; restart the process when it doesn't. */
  @Get('live')
  @HealthCheck()
  live() {
    return this.health.check([() => this.eventLoop()]);
  }

  /** The ROUTER is bound, the listeners are open, and no shutdown has begun; send no clients otherwise. */
  @Get('ready')
  @HealthCheck()
  ready() {
    return this.health.check([() => this.listeners(), () => this.router(), () => this.brokerLink()]);
  }

  private async eventLoop(): Promise<HealthIndicatorResult> {
    await setImmediate();
    return this.indicators.check('event_loop').up();
  }

  private listeners(): HealthIndicatorResult {
    const indicator = this.indicators.check('listeners');
    const { state } = this.open;
    return state === 'open' ? indicator.up() : indicator.down({ state });
  }

  private router(): HealthIndicatorResult {
    const indicator = this.indicators.check('router');
    return this.broker.endpoint ? indicator.up() : indicator.down({ state: 'not bound' });
  }

  private brokerLink(): HealthIndicatorResult {
    const indicator = this.indicators.check('broker');
    const detail = { connected: this.broker.peers > 0 };
    return detail.connected || !this.requireBroker ? indicator.up(detail) : indicator.down(detail);
  }
}
