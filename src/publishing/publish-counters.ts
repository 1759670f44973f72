import { PUBLISH_REFUSAL_REASONS, type PublishRefusalReason } from './publish-refused.js';

/** What became of a request to publish. `repeated`: the messages were appended before. */
export type PublishOutcome = 'appended' | 'repeated' | PublishRefusalReason;

/** Counters since the start of the process. Only `src/publishing` writes them. */
export class PublishCounters {
  /** Requests by outcome. */
  readonly requests = Object.fromEntries(
    ['appended', 'repeated', ...PUBLISH_REFUSAL_REASONS].map((outcome) => [outcome, 0]),
  ) as Record<PublishOutcome, number>;
  /** Messages of the requests that were appended. */
  messages = 0;
}
