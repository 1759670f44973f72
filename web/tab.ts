import { faviconOf } from './favicon.js';
import type { JobProgress } from './job-progress.js';
import type { JobStatus } from './job-status.js';
import { texts } from './texts.js';

/** Shows the state in the title and the icon of the tab. */
export function showInTab(id: string, status: JobStatus, progress: JobProgress): void {
  const title = tabTitle(id, status, progress);
  if (document.title !== title) document.title = title;
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  const icon = faviconOf(status.tone);
  if (link && link.getAttribute('href') !== icon) link.setAttribute('href', icon);
}

/** The title of the tab, such as `25 % · Running · <id>`. An end with problems has another title than a success. */
export function tabTitle(id: string, { tone, headline }: JobStatus, { percent }: JobProgress): string {
  const state = tone === 'mixed' ? texts.finishedWithProblems : headline;
  return `${percent !== undefined && tone === 'running' ? `${texts.percent(percent)} · ` : ''}${state} · ${id}`;
}
