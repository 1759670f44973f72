import { Inject, Injectable } from '@nestjs/common';
import { MESSAGE_SOURCE, type MessageSource } from '../broker/message-source.js';
import { printableSettings } from '../config/print.js';
import { SettingsStore } from '../config/settings.store.js';
import { Admission } from '../gateway/admission.js';
import { HttpServers } from '../http/http-servers.js';
import type { RecentWarning } from '../logging/recent-warnings.js';
import { RelayService } from '../relay/relay.service.js';
import type { LimitUsage } from './limit-usage.js';
import { Program } from './program.js';
import { relayReport, type RelayReport } from './relay-report.js';
import type { StatusSample } from './status-sample.js';
import { StatusSampler } from './status-sampler.js';

/** A warning as clients get it; the time is ISO 8601 in UTC. */
type WarningReport = Omit<RecentWarning, 'time'> & { readonly time: string };

/** All that an operator asks about the running program. */
export interface StatusReport {
  readonly version: string;
  readonly node: string;
  readonly started_at: string;
  /** Seconds. */
  readonly uptime: number;
  readonly state: StatusSample['state'];
  /** The configuration in effect, in the form of its file, without secrets. */
  readonly configuration: Readonly<Record<PropertyKey, unknown>>;
  readonly configuration_file: string | null;
  readonly broker: { readonly endpoint: string | null; readonly peers: number };
  /** `null` without a relay. */
  readonly relay: RelayReport | null;
  readonly listeners: { readonly public: readonly string[]; readonly admin: readonly string[] };
  readonly limits: readonly LimitUsage[];
  /** The newest first. */
  readonly warnings: readonly WarningReport[];
  readonly log_level: StatusSample['log_level'];
  readonly sample: StatusSample;
}

/** Reports the state of the monitor to operators. */
@Injectable()
export class StatusService {
  constructor(
    private readonly program: Program,
    private readonly store: SettingsStore,
    @Inject(MESSAGE_SOURCE) private readonly source: MessageSource,
    private readonly admission: Admission,
    private readonly servers: HttpServers,
    private readonly sampler: StatusSampler,
    private readonly relay: RelayService,
  ) {}

  report(): StatusReport {
    const { program, servers, sampler } = this;
    const { settings } = this.store;
    const { endpoint, peers } = this.source.status;
    return {
      version: program.version,
      node: process.versions.node,
      started_at: new Date(program.startedAt).toISOString(),
      uptime: Math.floor(process.uptime()),
      state: this.admission.state,
      configuration: printableSettings(settings),
      configuration_file: program.configurationFile,
      broker: { endpoint, peers },
      relay: relayReport(this.relay.status),
      listeners: { public: servers.public.urls, admin: servers.admin?.urls ?? [] },
      limits: sampler.limits,
      warnings: program.warnings.list().map(({ time, ...warning }) => ({
        time: new Date(time).toISOString(),
        ...warning,
      })),
      log_level: settings.logger.level,
      sample: sampler.latest,
    };
  }
}
