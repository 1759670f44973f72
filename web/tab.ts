import aborted from './icons/aborted.svg';
import failed from './icons/failed.svg';
import finished from './icons/finished.svg';
import lost from './icons/lost.svg';
import mixed from './icons/mixed.svg';
import running from './icons/running.svg';
import waiting from './icons/waiting.svg';
import type { JobProgress } from './job-progress.js';
import type { JobStatus, Tone } from './job-status.js';

const ICONS: Readonly<Record<Tone, string>> = { aborted, failed, finished, lost, mixed, running, waiting };

/** Shows the state in the title and the icon of the tab. */
export function showInTab(id: string, { tone, headline }: JobStatus, { percent }: JobProgress): void {
  const title = `${percent !== undefined && tone === 'running' ? `${percent} % · ` : ''}${headline} · ${id}`;
  if (document.title !== title) document.title = title;
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link && link.getAttribute('href') !== ICONS[tone]) link.setAttribute('href', ICONS[tone]);
}
