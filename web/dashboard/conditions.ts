import { describeRefusal, type FeedStatus } from './feed-status.js';
import type { MonitorSample } from './monitor-sample.js';

/** Sentences about what needs the attention of an operator now. */
export function conditionsOf(sample: MonitorSample | undefined, feed: FeedStatus): string[] {
  const refusal = describeRefusal(feed);
  const conditions = refusal ? [refusal] : [];
  if (!sample) return conditions;
  if (sample.state === 'draining') conditions.push('The monitor is stopping and refuses new connections.');
  if (!sample.listening) conditions.push('The monitor does not listen for the broker.');
  else if (sample.broker_peers === 0)
    conditions.push('No broker is connected, so no messages arrive. The monitor waits for the broker.');
  for (const key of sample.limits_reached) conditions.push(`The limit ${key} is reached.`);
  return conditions;
}
