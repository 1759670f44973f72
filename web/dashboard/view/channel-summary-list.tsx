import { formatDuration } from '../../../client/duration.js';
import type { ChannelMessages } from '../admin-api.js';
import { toRow } from '../channel-row.js';
import { formatAge, formatCount } from '../figures.js';
import { StateLabel } from './state-label.js';
import { TaskBar } from './task-bar.js';

interface ChannelSummaryListProps {
  readonly summary: ChannelMessages['summary'];
  /** The time of the monitor; `undefined`: unknown. */
  readonly now: number | undefined;
}

/** The summary of a channel as names and values. */
export function ChannelSummaryList({ summary, now }: ChannelSummaryListProps) {
  const { tasks, done, partial, updatedAt } = toRow(summary);
  const { completed, failed, skipped } = tasks;
  const end = summary.finished_at ?? (summary.state === 'running' ? undefined : summary.updated_at);
  const endTime = end ? Date.parse(end) : now;
  const elapsed =
    summary.started_at && endTime !== undefined
      ? formatDuration(endTime - Date.parse(summary.started_at))
      : '–';
  return (
    <dl class="summary">
      <dt>State</dt>
      <dd>
        <StateLabel state={summary.state} />
      </dd>
      <dt>Attempt</dt>
      <dd>{summary.attempt}</dd>
      <dt>Tasks</dt>
      <dd class="tasks">
        <TaskBar tasks={tasks} done={done} partial={partial} />
        <span class="outcomes">
          {formatCount(completed)} completed, {formatCount(failed)} failed, {formatCount(skipped)} skipped
        </span>
      </dd>
      <dt>Messages</dt>
      <dd>
        {formatCount(summary.messages)}, {formatCount(summary.retained)} kept ({formatCount(summary.bytes)}{' '}
        bytes)
      </dd>
      <dt>Subscribers</dt>
      <dd>{formatCount(summary.subscribers)}</dd>
      <dt>Elapsed</dt>
      <dd>{elapsed}</dd>
      <dt>Last message</dt>
      <dd>{now !== undefined && updatedAt > 0 ? `${formatAge(now - updatedAt)} ago` : '–'}</dd>
      {partial && (
        <>
          <dt>Incomplete</dt>
          <dd>The beginning is missing, so the counts are lower bounds.</dd>
        </>
      )}
    </dl>
  );
}
