import type { AuthenticationService } from '../auth/authentication.service.js';
import { samplesBy, type MetricSet } from './metric-set.js';

export function addTokenMetrics(metrics: MetricSet, { refused }: AuthenticationService): void {
  metrics.counter({
    name: 'refused_tokens_total',
    help: 'Requests to both listeners that were refused because of their token, by reason.',
    labels: ['reason'],
    read: () => samplesBy('reason', refused),
  });
}
