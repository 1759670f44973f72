import type { ChannelState, JobSummary } from './job-summary.js';

/** The summary of a channel, as clients get it; times are ISO 8601 in UTC. */
export interface ChannelSummary {
  readonly id: string;
  readonly position: string;
  readonly state: ChannelState;
  readonly attempt: number;
  readonly tasks: { readonly completed: number; readonly failed: number; readonly skipped: number };
  readonly messages: number;
  /** The beginning of the job is missing, so all counts are lower bounds. */
  readonly partial: boolean;
  readonly subscribers: number;
  readonly started_at: string | null;
  readonly updated_at: string | null;
  readonly finished_at: string | null;
}

/** The facts that a channel adds to the summary of its job. */
interface ChannelDetails {
  readonly id: string;
  readonly position: string;
  /** The log lacks its first messages. */
  readonly trimmed: boolean;
  readonly subscribers: number;
}

/** Combines the summary of a job with the facts about its channel. */
export function summarize(job: JobSummary, details: ChannelDetails): ChannelSummary {
  const { id, position, trimmed, subscribers } = details;
  const { state, attempt, completed, failed, skipped, messages } = job;
  return {
    id,
    position,
    state,
    attempt,
    tasks: { completed, failed, skipped },
    messages,
    partial: job.partial || trimmed,
    subscribers,
    started_at: iso(job.startedAt),
    updated_at: iso(job.updatedAt),
    finished_at: iso(job.finishedAt),
  };
}

function iso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
