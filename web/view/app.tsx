import { useRef } from 'preact/hooks';
import { Announcer } from '../announcer.js';
import { progressOf } from '../job-progress.js';
import { jobStatus } from '../job-status.js';
import type { JobStore } from '../job-store.js';
import { isStale, isWithoutMessages } from '../link-status.js';
import { plainText } from '../plain-text.js';
import { showInTab } from '../tab.js';
import { Counts } from './counts.js';
import { Elapsed } from './elapsed.js';
import { Headline } from './headline.js';
import { IncompleteNotice } from './incomplete-notice.js';
import { LiveIndicator } from './live-indicator.js';
import { ProgressBar } from './progress-bar.js';
import { ResultsLink } from './results-link.js';
import { Timeline } from './timeline.js';

interface AppProps {
  readonly id: string;
  readonly expected: number | undefined;
  /** The URL of the job's results. */
  readonly results: string | undefined;
  /** The JWT of the page. */
  readonly token: string | undefined;
  readonly store: JobStore;
}

/** The whole page. Rendered again after each change and at intervals. */
export function App({ id, expected, results, token, store }: AppProps) {
  const announcer = useRef(new Announcer()).current;
  const announcement = useRef('');
  const { history, link, clock } = store;
  const { summary, reset, lists } = history;
  const now = Date.now();
  const name = plainText(id);
  const status = jobStatus(history, { expected, link, token, now });
  const progress = progressOf(summary, expected);
  const moving = status.tone === 'running' && !isStale(link, now);
  const over = summary.finished_at !== null || (link.end && link.end.reason !== 'refused');
  announcement.current =
    announcer.next(status, progress, summary.tasks, performance.now()) ?? announcement.current;
  showInTab(plainText(id, 60), status, progress);

  return (
    <>
      <header class="top">
        <h1>
          <span class="kicker">Job</span> <bdi class="id">{name}</bdi>
        </h1>
        <LiveIndicator link={link} now={now} />
      </header>
      <main>
        <section class="card" aria-label="Progress">
          <div class="state">
            <Headline status={status} attempt={summary.attempt} />
            <Elapsed summary={summary} link={link} clock={clock} now={now} />
          </div>
          {results && (over || isWithoutMessages(link, now)) && <ResultsLink url={results} />}
          <ProgressBar summary={summary} progress={progress} moving={moving} />
          <Counts tasks={summary.tasks} />
          <IncompleteNotice reset={reset} partial={summary.partial} />
        </section>
        <Timeline lists={lists} waiting={link.state !== 'ended'} />
      </main>
      <p class="unseen" role="status">
        {announcement.current}
      </p>
    </>
  );
}
