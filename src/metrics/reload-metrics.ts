import type { ReloadService } from '../reload/reload.service.js';
import type { MetricSet } from './metric-set.js';

export function addReloadMetrics(metrics: MetricSet, { status }: ReloadService): void {
  metrics.gauge({
    name: 'config_last_reload_successful',
    help: '1 when the newest reload of the configuration was successful or there was none, otherwise 0.',
    read: () => Number(status.successful),
  });
  metrics.gauge({
    name: 'config_last_reload_success_timestamp_seconds',
    help: 'When the configuration was last loaded with success, in seconds since 1970.',
    read: () => status.succeededAt / 1000,
  });
}
