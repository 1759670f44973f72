import { useState } from 'preact/hooks';
import type { Summary } from '../../client/summary.js';
import { Announcer } from '../announcer.js';
import type { JobProgress } from '../job-progress.js';
import type { JobStatus } from '../job-status.js';

interface AnnouncementProps {
  readonly status: JobStatus;
  readonly progress: JobProgress;
  readonly tasks: Summary['tasks'];
}

/** What a screen reader announces. Its place in the page exists before it, otherwise the first text would be missed. */
export function Announcement({ status, progress, tasks }: AnnouncementProps) {
  const [announcer] = useState(() => new Announcer());
  announcer.next(status, progress, tasks, performance.now());
  return <>{announcer.text}</>;
}
