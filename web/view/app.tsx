import { progressOf } from '../job-progress.js';
import { jobStatus } from '../job-status.js';
import type { JobStore } from '../job-store.js';
import { knownUntil } from '../job-time.js';
import { isStale, isWithoutMessages } from '../link-status.js';
import { plainText } from '../plain-text.js';
import { texts } from '../texts.js';
import { Counts } from './counts.js';
import { Headline } from './headline.js';
import { IncompleteNotice } from './incomplete-notice.js';
import { LiveIndicator } from './live-indicator.js';
import { ProgressBar } from './progress-bar.js';
import { ResultsLink } from './results-link.js';
import { Times } from './times.js';

/** The parts that are loaded after the first render. */
export type LaterParts = typeof import('../later.js') | 'loading' | 'failed';

interface AppProps {
  readonly id: string;
  readonly expected: number | undefined;
  /** The URL of the job's results. */
  readonly results: string | undefined;
  /** The URL of the summary as JSON; `undefined`: a plain link has no access to it. */
  readonly json: string | undefined;
  /** The JWT of the page. */
  readonly token: string | undefined;
  /** The page is a part of another page: it shows neither its heading nor actions. */
  readonly embedded: boolean;
  /** The page is about to be printed: all rows are rendered. */
  readonly printing: boolean;
  readonly later: LaterParts;
  readonly store: JobStore;
}

/** The whole page. Rendered again after each change and at intervals. */
export function App(props: AppProps) {
  const { id, expected, results, json, token, embedded, printing, later, store } = props;
  const { Announcement, Estimate, JobActions, LastTask, Timeline, showInTab } =
    typeof later === 'object' ? later : {};
  const { history, link, clock } = store;
  const { summary, reset, times } = history;
  const now = Date.now();
  const name = plainText(id);
  const status = jobStatus(history, { expected, link, token, now });
  const progress = progressOf(summary, expected);
  const moving = status.tone === 'running' && !isStale(link, now);
  const isOver = summary.finished_at !== null;
  const mayHaveResults = isOver || (link.end && link.end.reason !== 'refused');
  const until = knownUntil({ summary, link, clock, now });
  showInTab?.(plainText(id, 60), status, progress);

  return (
    <>
      <header class="top">
        <h1 class={embedded ? 'unseen' : ''}>
          <span class="kicker">{texts.job}</span> <bdi class="id">{name}</bdi>
        </h1>
        <div class="tools">
          {!embedded && JobActions && (
            <JobActions
              json={json}
              status={status}
              name={plainText(id, 60)}
              isOver={isOver || summary.state === 'failed'}
            />
          )}
          <LiveIndicator link={link} now={now} />
        </div>
      </header>
      <main>
        <section class="card" aria-label={texts.progress}>
          <div class="state">
            <Headline status={status} attempt={summary.attempt} moving={moving} />
            <Times summary={summary} until={until}>
              {Estimate && moving && !summary.partial && (
                <Estimate progress={progress} times={times} now={until} />
              )}
            </Times>
          </div>
          {results && (mayHaveResults || isWithoutMessages(link, now)) && <ResultsLink url={results} />}
          <ProgressBar summary={summary} progress={progress} moving={moving} />
          <div class="line">
            <Counts tasks={summary.tasks} />
            {LastTask && moving && <LastTask lastAt={times.lastAt} until={until} />}
          </div>
          <IncompleteNotice reset={reset} partial={summary.partial} />
        </section>
        {Timeline ? (
          <Timeline entries={history.entries} waiting={link.state !== 'ended'} printing={printing} />
        ) : (
          <div class="card timeline">{later === 'failed' && <p class="nothing">{texts.notLoaded}</p>}</div>
        )}
      </main>
      <p class="unseen" role="status">
        {Announcement && <Announcement status={status} progress={progress} tasks={summary.tasks} />}
      </p>
    </>
  );
}
