import { useRef } from 'preact/hooks';
import { Announcer } from '../announcer.js';
import { isStale, isUnanswered } from '../connection.js';
import { measure } from '../measure.js';
import { plainText } from '../plain-text.js';
import { statusOf } from '../status.js';
import { showInTab } from '../tab.js';
import type { Watching } from '../watching.js';
import { Counts } from './counts.js';
import { Elapsed } from './elapsed.js';
import { Headline } from './headline.js';
import { LiveIndicator } from './live-indicator.js';
import { Notice } from './notice.js';
import { ProgressBar } from './progress-bar.js';
import { ResultsLink } from './results-link.js';
import { Timeline } from './timeline.js';

export interface AppProps {
  readonly id: string;
  readonly expected: number | undefined;
  /** Where the results of the job are. */
  readonly results: string | undefined;
  readonly watching: Watching;
}

/** The whole page, drawn anew whenever something came or a moment has passed. */
export function App({ id, expected, results, watching }: AppProps) {
  const announcer = useRef(new Announcer()).current;
  const said = useRef('');
  const { journal, connection, clock } = watching;
  const { summary, reset, lists } = journal;
  const now = Date.now();
  const name = plainText(id);
  const status = statusOf(journal, { expected, connection, now });
  const progress = measure(summary, expected);
  const moving = status.tone === 'running' && !isStale(connection, now);
  const over = summary.finished_at !== null || (connection.end && connection.end.reason !== 'refused');
  said.current = announcer.next(status, progress, summary.tasks, performance.now()) ?? said.current;
  showInTab(plainText(id, 60), status, progress);

  return (
    <>
      <header class="top">
        <h1>
          <span class="kicker">Job</span> <bdi class="id">{name}</bdi>
        </h1>
        <LiveIndicator connection={connection} now={now} />
      </header>
      <main>
        <section class="card" aria-label="Progress">
          <div class="state">
            <Headline status={status} attempt={summary.attempt} />
            <Elapsed summary={summary} connection={connection} clock={clock} now={now} />
          </div>
          {results && (over || isUnanswered(connection, now)) && <ResultsLink url={results} />}
          <ProgressBar summary={summary} measure={progress} moving={moving} />
          <Counts tasks={summary.tasks} />
          <Notice reset={reset} partial={summary.partial} />
        </section>
        <Timeline lists={lists} waiting={connection.state !== 'ended'} />
      </main>
      <p class="unseen" role="status">
        {said.current}
      </p>
    </>
  );
}
