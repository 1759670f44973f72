import { setImmediate } from 'node:timers/promises';
import { Controller, Get, Inject } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { MESSAGE_SOURCE, type MessageSource } from '../broker/message-source.js';
import { healthConfig } from '../config/namespaces.js';
import { JournalService } from '../journal/journal.service.js';
import { Admission } from '../gateway/admission.js';
import { OnListener } from '../http/on-listener.js';
import { RelayService } from '../relay/relay.service.js';
import { RecentDelay } from './recent-delay.js';

/** The two probes of an orchestrator, on both listeners: 200 or 503, with the reasons as JSON. */
@OnListener('public', 'admin')
@Controller('health')
export class HealthController {
  constructor(
    @Inject(healthConfig.KEY) private readonly settings: ConfigType<typeof healthConfig>,
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly admission: Admission,
    @Inject(MESSAGE_SOURCE) private readonly source: MessageSource,
    private readonly journal: JournalService,
    private readonly relay: RelayService,
    private readonly delay: RecentDelay,
  ) {}

  /** Succeeds while the event loop runs. When this probe fails, restart the process. */
  @Get('live')
  @HealthCheck()
  live() {
    return this.health.check([() => this.eventLoop()]);
  }

  /** Succeeds while this process takes messages: always without a relay, and in a relay only with the lease. */
  @Get('ingest')
  @HealthCheck()
  ingest() {
    return this.health.check([() => this.leads()]);
  }

  /**
   * Succeeds while the ROUTER is bound, the listeners are open, the event loop is not overloaded, and no shutdown has
   * begun. When this probe fails, send no clients.
   */
  @Get('ready')
  @HealthCheck()
  ready() {
    return this.health.check([
      () => this.listeners(),
      () => this.router(),
      () => this.brokerLink(),
      () => this.journalState(),
      ...(this.relay.isOn ? [() => this.relayState()] : []),
      () => this.eventLoopDelay(),
    ]);
  }

  private async eventLoop(): Promise<HealthIndicatorResult> {
    await setImmediate();
    return this.indicators.check('event_loop').up();
  }

  private listeners(): HealthIndicatorResult {
    const indicator = this.indicators.check('listeners');
    const { state } = this.admission;
    return state === 'open' ? indicator.up() : indicator.down({ state });
  }

  private leads(): HealthIndicatorResult {
    const indicator = this.indicators.check('ingest');
    const { state } = this.relay.status;
    const isOpen = this.source.status.endpoint !== null && this.admission.state === 'open';
    return isOpen && (state === 'off' || state === 'leading')
      ? indicator.up({ state })
      : indicator.down({ state });
  }

  private router(): HealthIndicatorResult {
    const indicator = this.indicators.check('router');
    // An edge has no ROUTER, and only one process of a relay binds it.
    if (this.relay.isOn && this.relay.status.state !== 'leading')
      return indicator.up({ state: 'not needed' });
    return this.source.status.endpoint ? indicator.up() : indicator.down({ state: 'not bound' });
  }

  private brokerLink(): HealthIndicatorResult {
    const indicator = this.indicators.check('broker');
    const detail = { connected: this.source.status.peers > 0 };
    // In a relay, only the process with the lease has a broker.
    const isRequired =
      this.settings.require_broker && (!this.relay.isOn || this.relay.status.state === 'leading');
    return detail.connected || !isRequired ? indicator.up(detail) : indicator.down(detail);
  }

  // Never fails: without a journal on disk the relay works as well as with it.
  private journalState(): HealthIndicatorResult {
    return this.indicators.check('journal').up({ state: this.journal.state });
  }

  private relayState(): HealthIndicatorResult {
    const indicator = this.indicators.check('relay');
    const { role, state, isStale, lagEntries, lagSeconds, bufferBytes } = this.relay.status;
    const detail = {
      role,
      state,
      stale: isStale,
      lag_entries: lagEntries,
      lag_seconds: Number(lagSeconds.toFixed(1)),
      buffer_bytes: bufferBytes,
    };
    return this.relay.isReady ? indicator.up(detail) : indicator.down(detail);
  }

  private eventLoopDelay(): HealthIndicatorResult {
    const indicator = this.indicators.check('event_loop_delay');
    const { max_delay } = this.settings;
    const detail = { seconds: Number(this.delay.longest.toFixed(3)) };
    return max_delay > 0 && this.delay.longest > max_delay ? indicator.down(detail) : indicator.up(detail);
  }
}
