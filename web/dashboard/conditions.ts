import { describeRefusal, type FeedStatus } from './feed-status.js';
import type { MonitorSample } from './monitor-sample.js';
import { needsBroker, relayConditions } from './relay-state.js';

/** Sentences about what needs the attention of an operator now. */
export function conditionsOf(sample: MonitorSample | undefined, feed: FeedStatus): string[] {
  const refusal = describeRefusal(feed);
  const conditions = refusal ? [refusal] : [];
  if (!sample) return conditions;
  if (sample.state === 'draining') conditions.push('The monitor is stopping and refuses new connections.');
  if (sample.relay) conditions.push(...relayConditions(sample.relay, sample.listening));
  if (needsBroker(sample.relay, sample.listening)) conditions.push(...brokerConditions(sample));
  for (const key of sample.limits_reached) conditions.push(`The limit ${key} is reached.`);
  return conditions;
}

function brokerConditions({ listening, broker_peers }: MonitorSample): string[] {
  if (!listening) return ['The monitor does not listen for the broker.'];
  if (broker_peers > 0) return [];
  return ['No broker is connected, so no messages arrive. The monitor waits for the broker.'];
}
