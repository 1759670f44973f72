import { useRef } from 'preact/hooks';
import { Announcer } from '../announcer.js';
import { isStale } from '../connection.js';
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
import { Timeline } from './timeline.js';

export interface AppProps {
  readonly id: string;
  readonly expected: number | undefined;
  readonly watching: Watching;
}

/** The whole page, drawn anew whenever something came or a moment has passed. */
export function App({ id, expected, watching }: AppProps) {
  const announcer = useRef(new Announcer()).current;
  const said = useRef('');
  const { journal, connection, clock } = watching;
  const { summary, partial, reset, step, lists } = journal;
  const now = Date.now();
  const name = plainText(id);
  const status = statusOf(summary, step, partial, connection);
  const progress = measure(summary, expected, partial);
  const moving = status.tone === 'running' && !isStale(connection);
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
            <Elapsed summary={summary} partial={partial} connection={connection} clock={clock} now={now} />
          </div>
          <ProgressBar summary={summary} measure={progress} moving={moving} />
          <Counts tasks={summary.tasks} />
          <Notice reset={reset} partial={partial} />
        </section>
        <Timeline lists={lists} waiting={connection.state !== 'ended'} />
      </main>
      <p class="unseen" role="status">
        {said.current}
      </p>
    </>
  );
}
